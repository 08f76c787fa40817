import Escapes
import Foundation
import Storage
import SwiftCSV

/// A table of comma-separated values as ``CSVWriter`` left it, its marks taken away.
struct CSVTable {
  let header: [String]
  let rows: [[String]]

  /// - Throws: ``FileError`` where the file cannot be read, SwiftCSV's error where it is no such table.
  init(contentsOf file: URL) throws {
    // SwiftCSV reads Characters, in which a joining scalar would hide the comma or the quotation mark beside it. As one
    // scalar for each byte of UTF-8 no two of them join.
    let bytes = try FileContents.read(file)
    let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    let content = try CSV<Enumerated>(string: text, delimiter: .comma, loadColumns: false)
    header = content.header.map(Self.text)
    rows = content.rows.map { $0.map(Self.text) }
  }

  private static func text(of field: String) -> String {
    let bytes = field.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return CSVField.text(of: String(decoding: bytes, as: UTF8.self))
  }
}
