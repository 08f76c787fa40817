import Foundation

/// Writes files so that a reader sees the old content or the new one and nothing between, also after a crash.
///
/// The bytes go to a hidden name in the same folder (`.name.<16 random hexadecimal digits>.partial`), are synchronised with
/// the disk, and the name is then replaced. A process that is killed leaves the hidden file behind;
/// ``FolderLock/removeLeftovers(in:)`` clears it away.
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
}

/// Names of files and folders that are not whole yet: hidden, beside the place that they are for, and random, since
/// processes in different containers have the same numbers.
///
/// Who makes one holds a `flock` on it as long as it lives. The kernel frees that lock when the process ends, however it
/// ends, so a name whose lock is free belongs to nobody any more.
enum TemporaryName {
  private static let suffix = ".partial"
  private static let digitCount = 16

  /// Beside `file`, and nobody else's.
  static func beside(_ file: URL) -> URL {
    let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    let padded = String(repeating: "0", count: digitCount - digits.count) + digits
    return file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).\(padded)\(suffix)")
  }

  /// Whether ``beside(_:)`` gives such names.
  static func matches(_ name: String) -> Bool {
    guard name.utf8.first == UInt8(ascii: "."), name.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    else { return false }
    let parts = name.utf8.dropFirst().dropLast(suffix.utf8.count).split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count > 1, let digits = parts.last else { return false }
    return digits.count == digitCount
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (97...102).contains($0) }
  }

  /// Says that this process lives, on a file or folder that it has just made under such a name.
  ///
  /// - Returns: Whether the name is still there: between being made and being locked it looked like a dead one's.
  ///   True where locks do not work, since nothing is cleared away there.
  static func claim(_ descriptor: Int32) -> Bool {
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { return true }
    }
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }
}
