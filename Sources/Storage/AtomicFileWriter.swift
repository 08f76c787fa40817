import Foundation

/// A file that is written in parts and gets its name once complete; until then, or if it never is, the old content
/// stays. ``AtomicFile`` describes how.
public final class AtomicFileWriter {
  private let file: URL
  private var temporary: URL
  private var descriptor: Int32
  private var isCommitted = false

  /// - Parameter permissions: Applied from the first byte on, minus what the process masks out.
  /// - Throws: ``FileError`` when the folder is missing or not writable.
  public init(_ file: URL, permissions: mode_t = 0o666) throws {
    self.file = file
    repeat {
      temporary = TemporaryName.beside(file)
      descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
      guard descriptor >= 0 else {
        let failure = failure()
        // Nothing was created, and a file of another process is not removed.
        isCommitted = true
        throw failure
      }
    } while !claimed()
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted { unlink(temporary.path) }
  }

  /// - Throws: ``FileError`` when the disk is full or failing.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(descriptor >= 0, "\(file.path) is finished")
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      rest = rest.dropFirst(count)
    }
  }

  /// Gives the file its name. Nothing can be appended after that.
  ///
  /// - Throws: ``FileError`` when the disk is full or failing; the old content then stays.
  public func commit() throws {
    precondition(descriptor >= 0, "\(file.path) is finished")
    guard fsync(descriptor) == 0 else { throw failure() }
    // A network file system may report a full disk only on closing. The lock is held until the name is gone.
    let claim = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    defer { if claim >= 0 { close(claim) } }
    let closing = close(descriptor)
    descriptor = -1
    guard closing == 0, rename(temporary.path, file.path) == 0 else { throw failure() }
    isCommitted = true
  }

  /// Whether the temporary file still exists once locked; closes it if it was removed in the meantime.
  private func claimed() -> Bool {
    if TemporaryName.claim(descriptor) { return true }
    close(descriptor)
    return false
  }

  /// Error of the last system call.
  private func failure() -> FileError {
    errno == ENOENT
      ? FileError(
        file: file,
        problem: "cannot be written: the folder \(file.deletingLastPathComponent().path) does not exist")
      : FileError(file: file, problem: "cannot be written: \(lastSystemError())")
  }
}
