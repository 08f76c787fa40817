import Escapes
import Foundation

/// The report as Markdown: findings, pictures, and the first rows of the tables, for notebooks and repositories.
struct MarkdownReport {
  let title: String
  let sections: [ReportSection]

  /// - Parameter address: Of a file of the section with the number.
  func rendered(address: (_ section: Int, _ file: String) -> String) -> String {
    var lines = ["# \(MarkdownText.escaped(title))"]
    for (number, section) in sections.enumerated() {
      lines += ["", "## \(MarkdownText.escaped(section.title))"]
      for finding in section.findings { lines += ["", MarkdownText.escaped(finding)] }
      if !section.basis.isEmpty { lines += ["", "*\(MarkdownText.escaped(section.basis))*"] }
      for picture in section.pictures {
        lines += ["", "![\(MarkdownText.escaped(picture.caption))](\(address(number, picture.file)))"]
      }
      for table in section.tables { lines += [""] + Self.lines(table, address: address(number, table.file)) }
      lines += ["", "| made | |", "| --- | --- |"]
      lines += section.provenance.map {
        "| \(MarkdownText.escaped($0.name)) | \(MarkdownText.escaped($0.value)) |"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ table: ReportSection.Table, address: String) -> [String] {
    let shown = table.rows.prefix(ReportSection.Table.shortRowCount)
    let part = shown.count < table.rowCount ? ": the first \(shown.count) of \(table.rowCount) rows" : ""
    var lines = [
      "**\(MarkdownText.escaped(table.caption))** [\(MarkdownText.escaped(table.file))](\(address))\(part)",
      "",
    ]
    lines.append(
      "| " + table.headings.map(MarkdownText.escaped).joined(separator: " | ") + " |")
    lines.append("|" + table.columns.map { _ in " --- |" }.joined())
    for row in shown {
      let cells = table.columns.indices.map { row.indices.contains($0) ? MarkdownText.escaped(row[$0]) : "" }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines
  }
}
