import ReproduceRoom

extension ReproductionExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "The papers' tables, measured again",
      findings: [
        agreement,
        "In each cell of the tables stands what was measured, and in brackets what the paper prints.",
      ],
      basis:
        "Each cell: measured, and in brackets printed. Intervals and numbers of images stand in the table of every number.",
      listing: reproductions.flatMap { $0.terminalLines + [""] },
      pictures: reproductions.map {
        .init(
          file: "figures/\($0.table.rawValue).png", caption: "\($0.table.source): \($0.table.title).",
          alternative: "Printed and measured numbers in rows; they are in the listing.")
      }, tables: [.init(file: "reproduction.csv", caption: "Every number.", isForArticle: false)],
      articleTables: ["reproduction.tex"])
  }

  /// How far the printed shares are from those measured, over all tables.
  private var agreement: String {
    let differences = reproductions.flatMap(\.sections).flatMap(\.pairs).filter { $0.column.unit == .percent }
      .compactMap { $0.value.difference.map(abs) }.sorted()
    guard !differences.isEmpty else { return "No printed share was measured." }
    let near = differences.count { $0 <= 5 }
    return
      "\(differences.count) printed shares were measured again; \(near) came out within 5 percentage points, half of all "
      + "within \(String(format: "%.1f", differences[(differences.count - 1) / 2]))."
  }
}
