import Escapes
import Foundation

/// A table for LaTeX, with the packages booktabs, graphicx and, where it goes over pages, longtable.
struct BooktabsTable {
  struct Column {
    /// LaTeX already.
    let heading: String
    let isNumeric: Bool
    /// Holds names of the code, which become words.
    var isIdentifier = false
  }

  let caption: String
  let label: String
  let columns: [Column]
  /// Plain text.
  let rows: [[String]]
  /// Goes over pages; it is then not made smaller to fit.
  let isLong: Bool

  var text: String {
    let shape = columns.map { $0.isNumeric ? "r" : "l" }.joined()
    let head = columns.map(\.heading).joined(separator: " & ") + " \\\\"
    let body = rows.map { row in
      let line =
        zip(columns, row).map { $0.isNumeric ? Self.number($1) : Self.text($1, in: $0) }
        .joined(separator: " & ") + " \\\\"
      // After the end of a row LaTeX would take these for its own.
      return line.utf8.starts(with: "[".utf8) || line.utf8.starts(with: "*".utf8) ? "{}" + line : line
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
  private static func text(_ cell: String, in column: Column) -> String {
    guard column.isIdentifier else { return LaTeXText.escaped(cell) }
    return LaTeXText.escaped(
      cell.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) })
  }

  /// Four digits, a minus sign that is no hyphen, powers of ten as such.
  private static func number(_ text: String) -> String {
    guard let value = Double(text) else { return LaTeXText.escaped(text) }
    let isWhole = text.allSatisfy { $0.isNumber || $0 == "-" }
    let short = isWhole || text.count <= 5 ? text : String(format: "%.4g", value)
    let parts = short.split(separator: "e").map { LaTeXText.escaped(String($0).replacing("-", with: "−")) }
    guard parts.count == 2, let exponent = Int(short.split(separator: "e")[1]) else { return parts.joined() }
    return "\(parts[0])$\\cdot10^{\(exponent)}$"
  }
}
