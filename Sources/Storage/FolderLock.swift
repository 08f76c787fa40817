import Foundation

/// A lock on a folder, so that one process writes it at a time. Held as long as the value lives.
///
/// A hidden file, `.intrigue.lock`, carries the lock (`flock`), which the kernel frees however the process ends; the
/// file names the holder and is removed with the lock. A file and not the folder itself, because network file systems
/// that support locks lock only what is open for writing.
///
/// A second holder in the same process is refused as well: the lock belongs to the value, not to the process.
public final class FolderLock: Sendable {
  public let folder: URL
  /// Why there is no lock, if the file system has none; nil if the folder is locked.
  public let problem: String?
  private let descriptor: Int32
  private let removesEmptyFolder: Bool

  static let fileName = ".intrigue.lock"

  /// - Parameters:
  ///   - folder: An existing folder.
  ///   - removesEmptyFolder: Whether the folder is removed with the lock if it is still empty.
  /// - Throws: ``FileError`` when another run holds the lock, naming its process if known, and when the folder is not
  ///   writable.
  public convenience init(_ folder: URL, removesEmptyFolder: Bool = false) throws {
    try self.init(folder, removesEmptyFolder: removesEmptyFolder, locking: Self.lock)
  }

  /// - Parameter locking: `flock`, or a failing one in tests: returns 0 or the error number.
  init(_ folder: URL, removesEmptyFolder: Bool = false, locking: (Int32) -> Int32) throws {
    self.folder = folder
    self.removesEmptyFolder = removesEmptyFolder
    let file = folder.appending(path: Self.fileName)
    while true {
      let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else {
        throw FileError(file: folder, problem: "cannot be written: \(lastSystemError())")
      }
      switch locking(descriptor) {
      case 0:
        // The previous holder has just removed the file: this lock is on a file that no one else will open.
        guard Self.isSame(descriptor, file) else {
          close(descriptor)
          continue
        }
        self.descriptor = descriptor
        problem = nil
        Self.sign(descriptor)
      case EWOULDBLOCK:
        let holder = Self.holder(in: descriptor)
        close(descriptor)
        throw FileError(
          file: folder,
          problem:
            "another run is writing this folder\(holder.map { " (\($0))" } ?? ""); wait until it has ended, or "
            + "choose another --output")
      case let error:
        close(descriptor)
        unlink(file.path)
        self.descriptor = -1
        problem =
          "\(folder.path): this file system has no locks (\(String(cString: strerror(error)))): see to it that no "
          + "other run writes this folder"
      }
      return
    }
  }

  deinit {
    if descriptor >= 0 {
      let file = folder.appending(path: Self.fileName)
      if Self.isSame(descriptor, file) { unlink(file.path) }
      close(descriptor)
    }
    // Fails where anything is left in it.
    if removesEmptyFolder { rmdir(folder.path) }
  }

  private static func lock(_ descriptor: Int32) -> Int32 {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR else { return errno }
    }
    return 0
  }

  /// Whether the name still refers to the open file.
  private static func isSame(_ descriptor: Int32, _ file: URL) -> Bool {
    var (own, named) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && lstat(file.path, &named) == 0
      && own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }

  /// Information for people only: what counts is the lock.
  private static func sign(_ descriptor: Int32) {
    var name = [UInt8](repeating: 0, count: 256)
    let isNamed = name.withUnsafeMutableBytes {
      gethostname($0.assumingMemoryBound(to: CChar.self).baseAddress!, $0.count - 1) == 0
    }
    let host = isNamed ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "an unnamed host"
    let text = "process \(getpid()) on \(host)\n"
    guard ftruncate(descriptor, 0) == 0 else { return }
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// What the holder wrote; nil if there is nothing, or nothing that could be a line of ``sign(_:)``.
  private static func holder(in descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let line = String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0 != "\n" }
    let isPlain = line.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 32 && $0.value != 127 }
    return line.hasPrefix("process ") && isPlain ? String(line) : nil
  }

  /// Removes incomplete files of dead processes in the locked folder and one level below it.
  ///
  /// Nothing is removed where locks do not work, since the owner is unknown.
  ///
  /// - Returns: The removed names, sorted. Empty for a folder that does not exist.
  @discardableResult
  public func removeLeftovers(in place: URL? = nil) -> [String] {
    guard problem == nil else { return [] }
    let place = place ?? folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    return names.sorted().filter { name in
      guard TemporaryName.matches(name) else { return false }
      let leftover = place.appending(path: name)
      // Files are opened for writing: network file systems lock no others.
      var descriptor = open(leftover.path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      if descriptor < 0 { descriptor = open(leftover.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return Self.lock(descriptor) == 0 && (try? FileManager.default.removeItem(at: leftover)) != nil
    }
  }
}
