/// Rows of text whose columns stand below each other, for a terminal.
public enum TextTable {
  /// - Parameters:
  ///   - rows: The heading first, all with as many cells.
  ///   - textColumns: These begin at the left of their columns, the others, numbers, end at the right.
  /// - Returns: A line for each row, two spaces between columns, none at the end.
  public static func lines(_ rows: [[String]], textColumns: Set<Int> = [0]) -> [String] {
    let columns = rows.first?.indices ?? 0..<0
    precondition(rows.allSatisfy { $0.indices == columns }, "the rows of a table have as many cells")
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = row.enumerated().map { column, text in
        let room = String(repeating: " ", count: widths[column] - text.count)
        return textColumns.contains(column) ? text + room : room + text
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
