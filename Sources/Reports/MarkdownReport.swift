import Experiments
import Foundation

/// The report as Markdown: findings, pictures, and the first rows of the tables, for notebooks and repositories.
struct MarkdownReport {
  let title: String
  let sections: [ReportSection]

  /// - Parameter address: Of a file of the section with the number.
  func rendered(address: (_ section: Int, _ file: String) -> String) -> String {
    var lines = ["# \(Self.escaped(title))"]
    for (number, section) in sections.enumerated() {
      lines += ["", "## \(Self.escaped(section.title))"]
      for finding in section.findings { lines += ["", Self.escaped(finding)] }
      if !section.basis.isEmpty { lines += ["", "*\(Self.escaped(section.basis))*"] }
      for picture in section.pictures {
        lines += ["", "![\(Self.escaped(picture.caption))](\(address(number, picture.file)))"]
      }
      for table in section.tables { lines += [""] + Self.lines(table, address: address(number, table.file)) }
      lines += ["", "| made | |", "| --- | --- |"]
      lines += section.provenance.map { "| \(Self.escaped($0.name)) | \(Self.escaped($0.value)) |" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ table: ReportSection.Table, address: String) -> [String] {
    let shown = table.rows.prefix(ReportSection.Table.shortRowCount)
    let part = shown.count < table.rowCount ? ": the first \(shown.count) of \(table.rowCount) rows" : ""
    var lines = ["**\(escaped(table.caption))** [\(escaped(table.file))](\(address))\(part)", ""]
    lines.append(
      "| " + table.columns.map { escaped($0.replacing("_", with: " ")) }.joined(separator: " | ") + " |")
    lines.append("|" + table.columns.map { _ in " --- |" }.joined())
    for row in shown {
      let cells = table.columns.indices.map { row.indices.contains($0) ? escaped(row[$0]) : "" }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines
  }

  /// Text on one line, without what Markdown or HTML would take for its own.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { line, character in
      switch character {
      case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "$": line += "\\\(character)"
      case "<": line += "&lt;"
      case ">": line += "&gt;"
      case "&": line += "&amp;"
      case _ where character.isNewline: line += " "
      default: line.append(character)
      }
    }
  }

}
