import Foundation

/// A JSON text, with the positions of its values.
struct JSONText {
  private let bytes: [UInt8]

  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` with line and column when `data` is not JSON, or an object has a key twice.
  init(_ data: Data, file: URL) throws {
    if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
      throw FileError(file: file, problem: "is a text in UTF-16: expected JSON in UTF-8")
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    bytes = Array(data.starts(with: mark) ? data.dropFirst(mark.count) : data)
    var parser = JSONParser(bytes)
    do {
      try parser.value()
      try parser.end()
    } catch {
      throw FileError(file: file, problem: problem(of: error))
    }
  }

  private func problem(of fault: JSONFault) -> String {
    let place = lineAndColumn(fault.offset)
    return switch fault {
    case .expected(let expected, _): "is not JSON: expected \(expected) in \(place)"
    case .notUTF8: "is not JSON: the text that ends in \(place) is not UTF-8"
    case .repeated(let key, _): "has the key \(key.debugDescription) twice, the second time in \(place)"
    }
  }

  /// " (line 3, column 7)": where the value at that path begins; empty if there is none.
  func words(for path: [any CodingKey]) -> String {
    guard !path.isEmpty, let offset = offset(of: path) else { return "" }
    return " (\(lineAndColumn(offset)))"
  }

  /// Columns count scalars from 1, as in editors.
  private func lineAndColumn(_ offset: Int) -> String {
    let before = bytes.prefix(offset)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return
      "line \(line), column \(String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1)"
  }

  /// Offset at which the value at that path begins.
  private func offset(of path: [any CodingKey]) -> Int? {
    var parser = JSONParser(bytes)
    for key in path {
      do {
        // Reaching the value ends the walk by an error, since nothing else leaves a parser in the middle.
        if let wanted = key.intValue {
          try parser.list { index, inner in
            if index == wanted { throw Found(parser: inner) }
            try inner.value()
          }
        } else {
          try parser.object { name, inner in
            if name == key.stringValue { throw Found(parser: inner) }
            try inner.value()
          }
        }
        return nil
      } catch let found as Found {
        parser = found.parser
      } catch {
        return nil
      }
    }
    parser.skipSpace()
    return parser.position
  }

  private struct Found: Error { let parser: JSONParser }
}
