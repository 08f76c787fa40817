import Experiments
import Foundation

/// A table for LaTeX, with the packages booktabs, graphicx and, where it goes over pages, longtable.
struct BooktabsTable {
  let caption: String
  let label: String
  /// LaTeX already.
  let headings: [String]
  /// Plain text.
  let rows: [[String]]
  /// Goes over pages; it is then not made smaller to fit.
  let isLong: Bool

  var text: String {
    let areNumbers = headings.indices.map { column in
      let cells = rows.map { $0[column] }.filter { !$0.isEmpty }
      return !cells.isEmpty && cells.allSatisfy { Double($0) != nil }
    }
    let areIdentifiers = headings.indices.map { column in
      let cells = rows.map { $0[column] }
      return cells.contains { $0.contains(where: \.isUppercase) }
        && cells.allSatisfy { $0.wholeMatch(of: /[a-z0-9]+([A-Z][a-z0-9]*)*/) != nil }
    }
    let shape = areNumbers.map { $0 ? "r" : "l" }.joined()
    let head = headings.joined(separator: " & ") + " \\\\"
    let body = rows.map { row in
      row.enumerated().map { column, cell in
        areNumbers[column]
          ? Self.number(cell) : LaTeXText.escaped(areIdentifiers[column] ? Self.words(cell) : cell)
      }.joined(separator: " & ") + " \\\\"
    }
    let title = "\\caption{\(LaTeXText.escaped(caption))}"
    let needs =
      "% Needs \\usepackage{booktabs,graphicx\(isLong ? ",longtable" : "")}. Written by intrigue report."
    let lines =
      isLong
      ? [
        needs, "{\\footnotesize\\setlength{\\tabcolsep}{4pt}", "\\begin{longtable}{\(shape)}",
        "\(title) \\label{\(label)} \\\\", "\\toprule", head, "\\midrule", "\\endfirsthead", "\\toprule",
        head,
        "\\midrule", "\\endhead", "\\bottomrule", "\\endfoot",
      ] + body + ["\\end{longtable}", "}"]
      : [
        needs, "\\begin{table}[htbp]", "\\centering", title, "\\label{\(label)}", LaTeXText.fittingStart,
        "\\begin{tabular}{\(shape)}", "\\toprule", head, "\\midrule",
      ] + body + ["\\bottomrule", "\\end{tabular}", LaTeXText.fittingEnd, "\\end{table}"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// `pixelDirections` as a reader writes it: pixel directions.
  private static func words(_ identifier: String) -> String {
    identifier.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }

  /// Four digits, and a minus sign that is none of a hyphen.
  private static func number(_ text: String) -> String {
    guard let value = Double(text) else { return text }
    let isWhole = text.allSatisfy { $0.isNumber || $0 == "-" }
    let short = isWhole || text.count <= 5 ? text : String(format: "%.4g", value)
    return LaTeXText.escaped(short.replacing("-", with: "−"))
  }
}
