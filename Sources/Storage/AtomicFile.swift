import Foundation
import Synchronization

/// Writes files so that a reader sees the old content or the new one and nothing between, also after a crash.
///
/// The bytes go to a hidden name in the same folder (`.name.<process>-<number>.partial`), are synchronised with
/// the disk, and the name is then replaced. A process that is killed leaves the hidden file behind;
/// ``removeLeftovers(in:)`` clears it away.
public enum AtomicFile {
  /// - Parameter permissions: From the first byte on; less what the process masks out.
  /// - Throws: ``FileError`` when the folder is missing, not writable or full. The old file is then as it was
  ///   and nothing else is left behind.
  public static func write(_ data: Data, to file: URL, permissions: mode_t = 0o666) throws {
    let writer = try AtomicFileWriter(file, permissions: permissions)
    try data.withUnsafeBytes { try writer.append($0) }
    try writer.commit()
  }

  /// - Throws: As ``write(_:to:)-(Data,_)``.
  public static func write(_ text: String, to file: URL) throws {
    try write(Data(text.utf8), to: file)
  }

  /// Removes what killed processes left in `folder`. Files of processes that still run are kept.
  ///
  /// - Returns: The names removed, sorted. Empty for a folder that does not exist.
  @discardableResult
  public static func removeLeftovers(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { name in
      guard let process = writer(ofTemporaryName: name), kill(process, 0) != 0, errno == ESRCH else {
        return false
      }
      return unlink(folder.appending(path: name).path) == 0
    }
  }

  private static let suffix = ".partial"
  private static let writeCount = Atomic<Int>(0)

  /// A hidden name beside `file` that nobody else has.
  static func temporaryFile(for file: URL) -> URL {
    let number = writeCount.add(1, ordering: .relaxed).newValue
    return file.deletingLastPathComponent().appending(
      path: ".\(file.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)-\(number)\(suffix)")
  }

  /// 12 of `.run.json.12-3.partial`; nil for a name that this type has not given.
  private static func writer(ofTemporaryName name: String) -> pid_t? {
    guard name.hasPrefix("."), name.hasSuffix(suffix) else { return nil }
    let numbers = name.dropLast(suffix.count).split(separator: ".").last?.split(separator: "-") ?? []
    guard numbers.count == 2, Int(numbers[1]) != nil, let process = pid_t(numbers[0]), process > 0 else {
      return nil
    }
    return process
  }
}
