import Escapes
import Foundation
import Lab
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

  /// - Parameter progress: Told of a folder that cannot be locked.
  /// - Throws: ``FileError`` where a file cannot be read or written; the last one is then an earlier one.
  public func write(to folder: URL, _ progress: ProgressHandler = { _ in }) throws {
    let lock = try RunFolder(folder).locked()
    defer { withExtendedLifetime(lock) {} }
    try lock.warnWithoutLock(progress)
    let list = lock.file(Self.listName)
    let earlier = ((try? JSONFile.read([String].self, from: list)) ?? []).filter(Self.isInside)
    // Both, until nothing of the earlier report is left: a report that is killed leaves nothing that the next one does not
    // know of.
    try JSONFile.write(Set(places + earlier).sorted(), to: list)
    // Through the lock, so that what a killed report left in them goes.
    for folder in Set(places.map { FileName.parts($0).dropLast().joined(separator: "/") })
    where !folder.isEmpty {
      _ = try lock.folder(folder)
    }
    for (place, content) in entries {
      let target = folder.appending(path: place)
      switch content {
      case .data(let data): try AtomicFile.write(data, to: target)
      case .copy(let file): try AtomicFile.write(FileContents.read(file), to: target)
      }
    }
    for place in Set(earlier).subtracting(places) {
      var above = FileName.parts(place).dropLast()
      // Not through a link to somebody else's files.
      guard lock.encloses(above.joined(separator: "/")) else { continue }
      unlink(folder.appending(path: place).path)
      // Folders that are empty now.
      while !above.isEmpty, rmdir(folder.appending(path: above.joined(separator: "/")).path) == 0 {
        above.removeLast()
      }
    }
    // A page alone is replaced by the next report in any case.
    if places == ["index.html"] { unlink(list.path) } else { try JSONFile.write(places.sorted(), to: list) }
  }

  /// What reports have written into the folder: the next one removes what it does not write itself. Hidden, because the
  /// folder is there to be given away.
  static let listName = ".report.json"

  /// Whether a name from a list, which anybody may have changed, leads to a file of a report.
  private static func isInside(_ place: String) -> Bool {
    FileName.staysInside(place)
      && (["index.html", "report.md"].contains(place)
        || ["runs/", "latex/"].contains { place.utf8.starts(with: $0.utf8) })
  }
}
