import Foundation

/// A hidden folder beside its destination, removed with the value. What a killed process leaves is removed by
/// ``FolderLock/removeLeftovers(in:)``, like its incomplete files.
public final class TemporaryFolder {
  public let url: URL
  private let descriptor: Int32

  /// - Parameter place: File to be made from the contents of the folder; the folder lies beside it.
  /// - Throws: ``FileError`` when the parent folder is missing or not writable.
  public init(beside place: URL) throws {
    while true {
      let url = TemporaryName.beside(place)
      guard mkdir(url.path, 0o777) == 0 else {
        throw FileError(file: place, problem: "cannot be written: \(lastSystemError())")
      }
      let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else {
        // Already removed: before it was locked, it looked like a leftover.
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
