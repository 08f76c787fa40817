import Foundation
import Storage

/// Result of comparing one file of a data set with the published one.
public struct FileVerification: Equatable, Sendable {
  public enum Status: Equatable, Sendable {
    /// The published bytes.
    case ok
    /// Present, but nothing is published to compare it with, for the given reason.
    case unchecked(reason: String)
    case missing
    /// Checksums in hexadecimal.
    case wrongChecksum(expected: String, found: String)
    case unreadable(problem: String)
  }

  public let name: String
  /// Actual or expected location.
  public let file: URL
  public let status: Status

  /// The same as one sentence.
  public var sentence: String {
    switch status {
    case .ok: "\(file.path): is the published file"
    case .unchecked(let reason): "\(file.path): \(reason)"
    case .missing: "\(file.path): is missing"
    case .wrongChecksum(let expected, let found):
      "\(file.path): is not the published file: expected checksum \(expected), found \(found)"
    case .unreadable(let problem): "\(file.path): \(problem)"
    }
  }
}

extension CatalogueEntry {
  /// Compares every file of the set with the published ones. Nothing is thrown: each outcome is a value.
  ///
  /// - Parameter search: Where to look; the folder that has most of the files is reported on.
  public func verify(in search: DatasetSearch = .standard()) -> [FileVerification] {
    let candidates = search.folders(for: self)
    let best = candidates.max { presentCount(in: $0) < presentCount(in: $1) }
    // max returns the last of equals; the first in search order is needed.
    guard let best, let folder = candidates.first(where: { presentCount(in: $0) == presentCount(in: best) })
    else {
      return []
    }
    return files.map { verify($0, in: folder) }
  }

  /// Compares one file in `folder`.
  func verify(_ published: CatalogueFile, in folder: URL) -> FileVerification {
    guard let file = location(of: published, in: folder) else {
      return FileVerification(
        name: published.name, file: folder.appending(path: published.name), status: .missing)
    }
    return FileVerification(name: published.name, file: file, status: published.checksum.status(of: file))
  }

  /// How many of the files are present in `folder`.
  func presentCount(in folder: URL) -> Int {
    files.count { location(of: $0, in: folder) != nil }
  }

  private func location(of published: CatalogueFile, in folder: URL) -> URL? {
    switch format {
    case .idx:
      IDXFolder.Part.allCases.first { published.name.hasPrefix($0.rawValue) }?.file(in: folder)
    case .cifarBinary:
      Optional(folder.appending(path: published.name)).flatMap {
        FolderListing.kind(of: $0) == .file ? $0 : nil
      }
    }
  }
}

extension PublishedChecksum {
  /// Compares a file on disk.
  func status(of file: URL) -> FileVerification.Status {
    do {
      let data = try FileContents.read(file)
      let isCompressed = Gzip.isCompressed(data)
      if case .fileMD5 = self { return status(stored: data, isPublishedForm: isCompressed, content: Data()) }
      let content = isCompressed ? try Gzip.decompress(data, file: file, within: UnfoldingBudget()) : data
      return status(stored: data, isPublishedForm: isCompressed, content: content)
    } catch let error as FileError {
      return .unreadable(problem: error.problem)
    } catch {
      return .unreadable(problem: "\(error)")
    }
  }

  /// - Parameters:
  ///   - stored: The compressed bytes; nil when the file is not compressed.
  ///   - content: The bytes after decompression.
  /// - Throws: ``FileError`` when the checksums differ.
  func check(file: URL, stored: Data?, content: Data) throws {
    guard
      case .wrongChecksum(let expected, let found) = status(
        stored: stored ?? Data(), isPublishedForm: stored != nil, content: content)
    else { return }
    throw FileError(
      file: file,
      problem: "is not the published file: expected \(name) \(expected), found \(found); "
        + "to use it all the same, give its folder as a path")
  }

  private var name: String {
    if case .contentSHA256 = self { "SHA-256" } else { "MD5" }
  }

  private func status(stored: Data, isPublishedForm: Bool, content: Data) -> FileVerification.Status {
    let (expected, found): (String, String)
    switch self {
    case .contentSHA256(let sum): (expected, found) = (sum, Checksum.hexadecimal(of: content))
    case .contentMD5(let sum): (expected, found) = (sum, Checksum.hexadecimal(of: content, .md5))
    case .fileMD5(let sum):
      guard isPublishedForm else {
        return .unchecked(reason: "is not compressed; only a checksum of the compressed file is published")
      }
      (expected, found) = (sum, Checksum.hexadecimal(of: stored, .md5))
    }
    return found == expected ? .ok : .wrongChecksum(expected: expected, found: found)
  }
}
