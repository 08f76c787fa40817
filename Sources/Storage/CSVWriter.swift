import Foundation

/// A table of results as comma-separated values, quoted as in RFC 4180; lines end with a line feed alone, which
/// gnuplot, awk and `git diff` prefer.
///
/// A text that a spreadsheet would run as a formula begins with an apostrophe (``CSVField``). Numbers are written as
/// Swift describes them: the shortest digits that read back as the same value, with a decimal point in every locale.
public struct CSVWriter: Sendable {
  public let columns: [String]
  public private(set) var text: String

  public init(columns: [String]) {
    precondition(!columns.isEmpty, "a table has at least one column")
    self.columns = columns
    text = Self.line(columns)
  }

  /// Adds a row with one field for each column.
  public mutating func append(_ fields: [any CSVValue]) {
    precondition(fields.count == columns.count, "a row has \(columns.count) fields, got \(fields.count)")
    text += Self.line(fields)
  }

  /// - Throws: ``FileError`` when the file cannot be written; an existing file is then left as it was.
  public func write(to file: URL) throws {
    try AtomicFile.write(text, to: file)
  }

  private static func line(_ fields: [any CSVValue]) -> String {
    let line = fields.map { $0.csvField(isForGnuplot: false) }.joined(separator: ",")
    // A single empty field would be an empty line, which readers skip.
    return (fields.count == 1 && line.isEmpty ? "\"\"" : line) + "\n"
  }
}
