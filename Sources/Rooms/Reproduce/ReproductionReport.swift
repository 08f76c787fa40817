import Escapes
import Figures
import Foundation
import Lab
import Storage

/// Everything that a reproduction leaves to look at.
struct ReproductionReport {
  let reproductions: [Reproduction]
  let data: DataRecord
  let configuration: ReproductionExperiment.Configuration

  static let textName = "reproduction.md"
  static let tableName = "reproduction.csv"
  static let latexName = "reproduction.tex"

  func write(to folder: RunFolder) throws {
    try table.write(to: folder.file(Self.tableName))
    try AtomicFile.write(latex, to: folder.file(Self.latexName))
    try AtomicFile.write(markdown, to: folder.file(Self.textName))
    let figures = try folder.folder("figures").url
    for reproduction in reproductions {
      try chart(of: reproduction)?.write(named: reproduction.table.rawValue, in: figures)
    }
  }

  // MARK: Numbers

  private static func text(_ value: Double, _ unit: Reproduction.Unit) -> String {
    switch unit {
    case .percent: String(format: value != 0 && value < 10 ? "%.2f" : "%.1f", value)
    case .distortion: String(format: "%.3f", value)
    case .number: Numbers.threeDigits(value)
    }
  }

  private static func ours(_ value: Reproduction.Value, _ unit: Reproduction.Unit) -> String {
    value.ours.map { text($0, unit).replacing("-", with: "−") } ?? "–"
  }

  /// Ours, and the paper's in brackets.
  static func text(_ value: Reproduction.Value?, _ unit: Reproduction.Unit) -> String {
    guard let value else { return "" }
    // With the paper's own digits.
    let paper = value.paper.map { String(format: "(%g)", $0) }
    guard value.ours != nil || paper == nil else { return paper ?? "" }
    return [ours(value, unit), interval(of: value, unit), paper].compactMap(\.self).joined(separator: " ")
  }

  /// `[97.1, 98.3]`, over networks; those over images are in the table of all numbers.
  private static func interval(of value: Reproduction.Value, _ unit: Reproduction.Unit) -> String? {
    guard value.sample == .networks, let bounds = value.interval else { return nil }
    return "[" + bounds.map { text($0, unit).replacing("-", with: "−") }.joined(separator: ", ") + "]"
  }

  static func heading(_ column: Reproduction.Column) -> String {
    column.unit == .percent ? "\(column.name), %" : column.name
  }

  // MARK: Text

  var markdown: String {
    (["# Reproduction", "", introduction, ""] + reproductions.flatMap(Self.lines)).joined(separator: "\n")
      + "\n"
  }

  private var introduction: String {
    "\(MarkdownText.escaped(data.name)): \(data.trainingCount) training images, \(data.heldOutCount) held out; seed \(configuration.seed), Intrigue "
      + "\(RunEnvironment.toolVersion)" + (configuration.scale == .full ? "" : ", not the full run")
      + ". In each cell stands what was measured here, and in brackets what the paper prints. Intervals and denominators are in "
      + "`\(Self.tableName)`."
  }

  static func lines(of reproduction: Reproduction) -> [String] {
    var lines = [
      "## " + MarkdownText.escaped("\(reproduction.table.source): \(reproduction.table.title)"), "",
      "`intrigue reproduce \(reproduction.table.rawValue)`, \(duration(reproduction.seconds)).", "",
    ]
    for section in reproduction.sections {
      lines += ["### " + MarkdownText.escaped(section.title), ""]
      lines.append(row([""] + section.columns.map { MarkdownText.escaped(heading($0)) }))
      lines.append(row(["---"] + section.columns.map { _ in "---:" }))
      for entry in section.rows {
        lines.append(
          row(
            [MarkdownText.escaped(entry.name)] + zip(entry.values, section.columns).map { text($0, $1.unit) })
        )
      }
      lines.append("")
      if !section.remarks.isEmpty { lines += section.remarks.map { "- " + MarkdownText.escaped($0) } + [""] }
    }
    return lines
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |"
  }

  private static func duration(_ seconds: Double) -> String {
    seconds < 90 ? String(format: "%.0f s", seconds) : String(format: "%.0f min", seconds / 60)
  }

  // MARK: Files

  var table: CSVWriter {
    var table = CSVWriter(columns: [
      "table", "section", "row", "column", "unit", "paper", "ours", "difference", "lower_95", "upper_95",
      "of", "sample",
    ])
    for reproduction in reproductions {
      for section in reproduction.sections {
        for row in section.rows {
          for (column, value) in zip(section.columns, row.values) {
            guard let value else { continue }
            table.append([
              reproduction.table.rawValue, section.title, row.name, column.name, column.unit.rawValue,
              value.paper, value.ours, value.difference, value.interval?.first,
              value.interval?.last, value.count,
              value.count == nil ? "" : value.sample.rawValue,
            ])
          }
        }
      }
    }
    return table
  }

  private var latex: String {
    var lines = ["% Needs \\usepackage{booktabs,graphicx}. Written by intrigue reproduce."]
    for reproduction in reproductions {
      for (number, section) in reproduction.sections.enumerated() {
        let head = section.columns.map { "\\rotatebox{60}{\(LaTeXText.escaped(Self.heading($0)))}" }
        lines += [
          "", "\\begin{table}", "\\centering",
          "\\caption{\(LaTeXText.escaped(reproduction.table.source)), measured again: \(LaTeXText.escaped(section.title)). "
            + "In brackets the paper's numbers. Data: \(LaTeXText.escaped(data.name)), seed \(configuration.seed).}",
          "\\label{tab:\(reproduction.table.rawValue)-\(number + 1)}",
          LaTeXText.fittingStart,
          "\\begin{tabular}{l\(String(repeating: "r", count: section.columns.count))}", "\\toprule",
          ([""] + head).joined(separator: " & ") + " \\\\", "\\midrule",
        ]
        for row in section.rows {
          let cells = zip(row.values, section.columns).map { LaTeXText.escaped(Self.text($0, $1.unit)) }
          lines.append(([LaTeXText.escaped(row.name)] + cells).joined(separator: " & ") + " \\\\")
        }
        lines += ["\\bottomrule", "\\end{tabular}", LaTeXText.fittingEnd, "\\end{table}"]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Figures

  /// More rows than this are no picture any more.
  private static let largestRowCount = 80

  /// Shares, ours beside printed, of the first sections; nil where the paper has none that was measured.
  func chart(of reproduction: Reproduction) -> Chart? {
    var groups: [Chart.PaperGroup] = []
    for group in self.groups(of: reproduction) {
      let rowCount = groups.reduce(group.rows.count) { $0 + $1.rows.count }
      guard groups.isEmpty || rowCount <= Self.largestRowCount else { break }
      groups.append(group)
    }
    guard !groups.isEmpty else { return nil }
    return .paperBesideOurs(
      caption: caption(of: reproduction), groups: groups, axis: "%", range: 0...100)
  }

  private func groups(of reproduction: Reproduction) -> [Chart.PaperGroup] {
    if reproduction.table == .lectureQuestions { return answers(of: reproduction) }
    return reproduction.sections.compactMap { section -> Chart.PaperGroup? in
      let rows = section.pairs.filter { $0.column.unit == .percent }
      guard !rows.isEmpty else { return nil }
      let isMatrix = section.columns.count > 1
      return Chart.PaperGroup(
        name: section.title,
        rows: rows.compactMap { pair in
          guard let paper = pair.value.paper, let ours = pair.value.ours else { return nil }
          let interval = pair.value.interval.map { $0[0]...$0[1] }
          return .init(
            name: isMatrix ? "\(pair.row) · \(pair.column.name)" : pair.row, paper: paper, ours: ours,
            interval: interval)
        })
    }
  }

  /// The lecture's answers, whether a paper has them or not.
  private func answers(of reproduction: Reproduction) -> [Chart.PaperGroup] {
    reproduction.sections.compactMap { section -> Chart.PaperGroup? in
      let rows = section.rows.flatMap { row in
        section.shown.compactMap { column -> Chart.PaperGroup.Row? in
          guard let value = row.values[column], let ours = value.ours else { return nil }
          return .init(
            name: section.shown.count > 1 ? "\(row.name) · \(section.columns[column].name)" : row.name,
            paper: value.paper, ours: ours, interval: value.interval.map { $0[0]...$0[1] })
        }
      }
      let column = section.shown.count == 1 ? " · \(section.columns[section.shown[0]].name)" : ""
      return rows.isEmpty ? nil : .init(name: section.title + column, rows: rows)
    }
  }

  private func caption(of reproduction: Reproduction) -> FigureCaption {
    let isRepeated = reproduction.table == .lectureQuestions
    return FigureCaption(
      title: "\(reproduction.table.source): \(reproduction.table.title)",
      subtitle:
        "\(data.name), seed \(configuration.seed). Lines: 95 % intervals "
        + (isRepeated
          ? "over \(configuration.scale.lecture.networkCount) networks, or over what the remarks of a table name."
          : "of the share measured here, over its images."),
      footer: [
        (isRepeated
          ? ""
          : "Networks were trained once; another seed moves their numbers by more than these intervals say. ")
          + "Intrigue \(RunEnvironment.toolVersion)"
          + (configuration.scale == .full ? "" : " · not the full run")
      ] + data.remarkLines,
      text: [
        .init(key: "Data", value: data.name), .init(key: "Seed", value: "\(configuration.seed)"),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }
}

extension Reproduction {
  /// For a terminal, columns side by side: ours, and the paper's in brackets.
  public var terminalLines: [String] {
    var lines = ["\(table.source): \(table.title)"]
    for section in sections {
      lines += ["", "  \(section.title)"]
      let cells =
        [[""] + section.columns.map(ReproductionReport.heading)]
        + section.rows.map { row in
          [row.name] + zip(row.values, section.columns).map { ReproductionReport.text($0, $1.unit) }
        }
      lines += TextTable.lines(cells).map { "  \($0)" }
    }
    return lines
  }
}
