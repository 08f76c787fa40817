import Experiments
import Foundation
import Storage

/// What a report leaves, file by file, known before anything is written.
public struct ReportFiles: Sendable {
  private enum Content: Sendable {
    case copy(of: URL)
    case data(Data)
  }

  private var entries: [(place: String, content: Content)] = []

  mutating func append(copyOf file: URL, as place: String) { append(.copy(of: file), as: place) }

  mutating func append(_ data: Data, as place: String) { append(.data(data), as: place) }

  private mutating func append(_ content: Content, as place: String) {
    precondition(!places.contains(place), "two files of a report are called \(place)")
    entries.append((place, content))
  }

  /// Names below the folder of the report, in the order in which they are written.
  public var places: [String] { entries.map(\.place) }

  /// Bytes of everything.
  ///
  /// - Throws: ``FileError`` where a file cannot be found.
  public var size: Int {
    get throws {
      try entries.reduce(0) { sum, entry in
        switch entry.content {
        case .data(let data): return sum + data.count
        case .copy(let file):
          guard let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int else {
            throw FileError(file: file, problem: "cannot be read")
          }
          return sum + size
        }
      }
    }
  }

  /// - Throws: ``FileError`` where a file cannot be read or written; the last one is then an earlier one.
  public func write(to folder: URL) throws {
    try RunFolder(folder).create()
    for (place, content) in entries {
      let target = folder.appending(path: place)
      try RunFolder(target.deletingLastPathComponent()).create()
      switch content {
      case .data(let data): try AtomicFile.write(data, to: target)
      case .copy(let file): try AtomicFile.write(FileContents.read(file), to: target)
      }
    }
  }
}
