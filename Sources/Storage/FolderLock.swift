import Foundation

/// A folder that one process writes at a time. Held as long as the value lives.
///
/// A hidden file, `.intrigue.lock`, carries the lock (`flock`), which the kernel frees however the process ends; the file says who
/// holds it and is removed with the lock. A file and not the folder itself, because network file systems that lock at
/// all lock only what is open for writing.
///
/// A second holder in the same process is refused as well: the lock belongs to the value, not to the process.
public final class FolderLock: Sendable {
  public let folder: URL
  /// Why nothing is locked: the file system cannot. Nil: the folder is locked.
  public let problem: String?
  private let descriptor: Int32
  private let removesEmptyFolder: Bool

  static let fileName = ".intrigue.lock"

  /// - Parameters:
  ///   - folder: It exists.
  ///   - removesEmptyFolder: Whether the folder goes with the lock if nothing was put into it.
  /// - Throws: ``FileError`` when another run holds the lock, naming its process where that is known, and when the
  ///   folder is not writable.
  public convenience init(_ folder: URL, removesEmptyFolder: Bool = false) throws {
    try self.init(folder, removesEmptyFolder: removesEmptyFolder, locking: Self.lock)
  }

  /// - Parameter locking: `flock`, or in tests one that fails: 0, or the error's number.
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
        // Who held it removed the file just now: that lock is on a file that nobody else will open.
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

  /// Whether the name still leads to the file that is open.
  private static func isSame(_ descriptor: Int32, _ file: URL) -> Bool {
    var (own, named) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && lstat(file.path, &named) == 0
      && own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }

  /// For people only: the lock is what counts.
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

  /// What the holder wrote; nil: nothing, or nothing that could be a line of ``sign(_:)``.
  private static func holder(in descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let line = String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0 != "\n" }
    let isPlain = line.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 32 && $0.value != 127 }
    return line.hasPrefix("process ") && isPlain ? String(line) : nil
  }

  /// Removes what ended processes left half written in the locked folder, or in one inside it.
  ///
  /// Nothing is removed where locks do not work: it cannot be told whose it is.
  ///
  /// - Returns: The names removed, sorted. Empty for a folder that does not exist.
  @discardableResult
  public func removeLeftovers(in place: URL? = nil) -> [String] {
    guard problem == nil else { return [] }
    let place = place ?? folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    return names.sorted().filter { name in
      guard TemporaryName.matches(name) else { return false }
      let leftover = place.appending(path: name)
      // For writing where it is a file: network file systems lock no other.
      var descriptor = open(leftover.path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      if descriptor < 0 { descriptor = open(leftover.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return Self.lock(descriptor) == 0 && (try? FileManager.default.removeItem(at: leftover)) != nil
    }
  }
}
