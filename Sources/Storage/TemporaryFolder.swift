import Foundation

/// A hidden folder beside the place that it is for, removed with the value. What a killed process leaves is cleared away by
/// ``FolderLock/removeLeftovers(in:)``, as its half-written files are.
public final class TemporaryFolder {
  public let url: URL
  private let descriptor: Int32

  /// - Parameter place: A file that will be made from what is in the folder; the folder lies beside it.
  /// - Throws: ``FileError`` when the folder above is missing or not writable.
  public init(beside place: URL) throws {
    while true {
      let url = TemporaryName.beside(place)
      guard mkdir(url.path, 0o777) == 0 else {
        throw FileError(file: place, problem: "cannot be written: \(lastSystemError())")
      }
      let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else {
        // Cleared away already: between being made and being locked it looked like a dead one's.
        if errno == ENOENT { continue }
        let problem = lastSystemError()
        rmdir(url.path)
        throw FileError(file: place, problem: "cannot be written: \(problem)")
      }
      guard TemporaryName.claim(descriptor) else {
        close(descriptor)
        continue
      }
      (self.url, self.descriptor) = (url, descriptor)
      return
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
    close(descriptor)
  }
}
