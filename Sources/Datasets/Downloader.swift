import Foundation
import Storage

/// Fetches data sets of the catalogue from their public homes.
///
/// A file arrives as `<name>.partial`, is compared with its published checksum, and only then gets its name. An
/// interrupted transfer is resumed. No more bytes are written than the published file has, whatever the server sends.
public struct Downloader: Sendable {
  public struct Progress: Equatable, Sendable {
    public let fileName: String
    /// From 1.
    public let fileNumber: Int
    public let fileCount: Int
    public let byteCount: Int64
    /// Nil when the server does not state it.
    public let totalByteCount: Int64?
  }

  /// Parent of the set's own folder.
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// Completes `folder/<name of the set>`. Existing files are kept if they match their published checksums.
  ///
  /// - Parameter progress: Called from any thread, one call at a time.
  /// - Returns: The folder of the set.
  /// - Throws: ``DownloadError`` when a server cannot be reached, refuses, or sends something else than the
  ///   published file; ``FileError`` when a file cannot be written; `CancellationError`.
  @discardableResult
  public func fetch(
    _ entry: CatalogueEntry, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws -> URL {
    let target = folder.appending(path: entry.name)
    do {
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    } catch {
      throw FileError(file: target, problem: "cannot be made: \(error.localizedDescription)")
    }
    if let archive = entry.archive {
      let unpacked = target.appending(path: CIFARFolder.unpackedName)
      if entry.files.allSatisfy({ entry.verify($0, in: unpacked).status == .ok }) { return target }
      let lock = try Self.locked(target)
      defer { withExtendedLifetime(lock) {} }
      let stored = target.appending(path: archive.name)
      // It may have been put there by hand, or unpacking was interrupted.
      if archive.checksum.status(of: stored) != .ok {
        try await fetch(archive, of: entry, number: 1, count: 1, into: target, progress: progress)
      }
      try ArchiveUnpacking.unpack(stored, of: entry, to: unpacked)
      try? FileManager.default.removeItem(at: stored)
      return target
    }
    guard entry.files.contains(where: { entry.verify($0, in: target).status != .ok }) else { return target }
    let lock = try Self.locked(target)
    defer { withExtendedLifetime(lock) {} }
    for (index, file) in entry.files.enumerated() where entry.verify(file, in: target).status != .ok {
      try await fetch(
        file, of: entry, number: index + 1, count: entry.files.count, into: target, progress: progress)
    }
    return target
  }

  /// Two downloads into one folder would write the same file.
  private static func locked(_ folder: URL) throws -> FolderLock {
    let lock = try FolderLock(folder)
    lock.removeLeftovers()
    return lock
  }

  private func fetch(
    _ file: CatalogueFile, of entry: CatalogueEntry, number: Int, count: Int, into target: URL,
    progress: @escaping @Sendable (Progress) -> Void
  ) async throws {
    let destination = target.appending(path: file.name)
    let partial = target.appending(path: file.name + ".partial")
    guard let address = file.url, let url = URL(string: address), let byteCount = file.byteCount else {
      throw DownloadError(url: file.url ?? file.name, problem: "is not an address", destination: destination)
    }
    func failure(_ problem: String) -> DownloadError {
      DownloadError(url: address, problem: problem, destination: destination)
    }
    let hadPart = (try? FileManager.default.attributesOfItem(atPath: partial.path)[.size] as? Int) ?? 0 > 0
    var isWholeAttempt = !hadPart
    while true {
      do {
        try await transfer(url, to: partial, atMost: byteCount, failure) { done, total in
          progress(
            Progress(
              fileName: file.name, fileNumber: number, fileCount: count, byteCount: done,
              totalByteCount: total)
          )
        }
      } catch let error as Transfer.Failure {
        guard case .tooLong = error else { throw error }
        try? FileManager.default.removeItem(at: partial)
        // The part from last time may have been of another file: retry from the start.
        guard isWholeAttempt else {
          isWholeAttempt = true
          continue
        }
        throw failure(
          "sends more than the published file has: expected \(byteCount) bytes; the transfer was cut off")
      }
      switch file.checksum.status(of: partial) {
      case .ok:
        guard rename(partial.path, destination.path) == 0 else {
          throw FileError(
            file: destination, problem: "cannot be replaced: \(lastSystemError())")
        }
        return
      case .wrongChecksum where !isWholeAttempt, .unreadable where !isWholeAttempt:
        try? FileManager.default.removeItem(at: partial)
        isWholeAttempt = true
      case .wrongChecksum(let expected, let found):
        try? FileManager.default.removeItem(at: partial)
        throw failure("sent another file: expected checksum \(expected), found \(found)")
      case .unreadable(let problem):
        try? FileManager.default.removeItem(at: partial)
        throw failure("sent another file: it \(problem)")
      case .missing, .unchecked:
        try? FileManager.default.removeItem(at: partial)
        throw failure("sent another file: it is not compressed")
      }
    }
  }

  private func transfer(
    _ url: URL, to partial: URL, atMost byteCount: Int64, _ failure: (String) -> DownloadError,
    progress: @escaping @Sendable (Int64, Int64?) -> Void
  ) async throws {
    do {
      try await Transfer.run(from: url, to: partial, atMost: byteCount, progress: progress)
    } catch let error as Transfer.Failure {
      switch error {
      case .cannotWrite(let problem): throw FileError(file: partial, problem: "cannot be written: \(problem)")
      case .status(let status): throw failure("the server answered with HTTP status \(status)")
      case .unreachable(let problem): throw failure(problem)
      case .incomplete(let found, let expected):
        throw failure("the transfer ended after \(found) of \(expected) bytes; run it again to go on")
      case .tooLong: throw error
      }
    }
  }
}

/// A file that could not be fetched, with advice on how to obtain it.
public struct DownloadError: Error, Equatable, CustomStringConvertible {
  public let url: String
  public let problem: String
  /// Where the file belongs if obtained by other means.
  public let destination: URL

  public var description: String {
    "\(url): \(problem). Without a connection, put the file from that address at \(destination.path)"
  }
}
