import Foundation
import Testing

/// What people read of a run, as text that is compared with a file of the tests: names, columns, numbers, captions.
///
/// `INTRIGUE_WRITE_PINS=1` writes the files instead; what has changed is then read in the difference, line by line.
public struct Pin: Sendable {
  private var text = ""

  public init() {}

  /// - Parameter lines: As they are read.
  public mutating func add(_ heading: String, _ lines: [String]) {
    text += "== \(heading)\n" + lines.map { $0 + "\n" }.joined() + "\n"
  }

  public mutating func add(_ heading: String, _ content: String) {
    add(heading, content.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  /// - Parameters:
  ///   - name: Of the file in the folder `Pins` beside the test.
  ///   - file: Of the test.
  public func expect(
    _ name: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let place = URL(filePath: file).deletingLastPathComponent().appending(path: "Pins/\(name).txt")
    if ProcessInfo.processInfo.environment["INTRIGUE_WRITE_PINS"] == "1" {
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: place)
      return
    }
    let pinned = String(decoding: try Data(contentsOf: place), as: UTF8.self)
    guard !pinned.utf8.elementsEqual(text.utf8) else { return }
    let (before, now) = (Self.lines(pinned), Self.lines(text))
    for change in now.difference(from: before) {
      let (mark, line) =
        switch change {
        case .remove(_, let line, _): ("−", line)
        case .insert(_, let line, _): ("+", line)
        }
      Issue.record("\(name).txt \(mark) \(line)", sourceLocation: sourceLocation)
    }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

/// A record in which every number differs from its neighbours, of `Tests/MadeUpRuns`.
public enum MadeUpRun {
  public static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        .map { String($0.dropLast(5)) }.sorted()
    }
  }

  public static func data(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appending(path: "\(name).json"))
  }

  private static var folder: URL {
    URL(filePath: #filePath).appending(path: "../../MadeUpRuns").standardizedFileURL
  }
}
