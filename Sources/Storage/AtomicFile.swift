import Foundation

/// Writes files so that a reader sees either the old content or the new, also after a crash.
///
/// The bytes go to a hidden name in the same folder (`.name.<16 random hexadecimal digits>.partial`) and are
/// synchronised with the disk, then the file is renamed. A process that is killed leaves the hidden file behind;
/// ``FolderLock/removeLeftovers(in:)`` removes it.
public enum AtomicFile {
  /// - Parameter permissions: Applied from the first byte on, minus what the process masks out.
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

/// Names of files and folders that are still incomplete: hidden, in the destination's folder, and random, since
/// processes in different containers can have the same process ID.
///
/// The creator of one holds a `flock` on it as long as it lives. The kernel frees that lock when the process ends,
/// however it ends, so a name whose lock is free has no owner any more.
enum TemporaryName {
  private static let suffix = ".partial"
  private static let digitCount = 16

  /// A unique name in the same folder as `file`.
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

  /// Marks a file or folder that this process has just made under such a name as in use.
  ///
  /// - Returns: Whether the name still exists: before it was locked, it may have been removed as a leftover. True where
  ///   locks do not work, since nothing is removed there.
  static func claim(_ descriptor: Int32) -> Bool {
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { return true }
    }
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }
}
