import Foundation

/// Writes files so that a reader sees the old content or the new one and nothing between.
///
/// The bytes go to a temporary name in the same folder, are synchronised, and the name is then replaced.
public enum AtomicFile {
  /// - Throws: ``FileError`` when the folder is missing, not writable or full; nothing is left behind.
  public static func write(_ data: Data, to file: URL) throws {
    let temporary = file.deletingLastPathComponent()
      .appending(path: ".\(file.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial")
    do {
      try data.write(to: temporary)
      guard rename(temporary.path, file.path) == 0 else {
        throw FileError(file: file, problem: "cannot be replaced: \(String(cString: strerror(errno)))")
      }
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error as? FileError
        ?? FileError(file: file, problem: "cannot be written: \(error.localizedDescription)")
    }
  }

  public static func write(_ text: String, to file: URL) throws {
    try write(Data(text.utf8), to: file)
  }
}
