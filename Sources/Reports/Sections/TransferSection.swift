import Experiments

extension TransferResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Transfer", findings: gaps.map { "Does transfer need equal accuracy? \($0.sentence)." },
      listing: lines,
      pictures: [
        .init(
          file: "figures/transfer.png", caption: "Error on images made for the row, shown to the column.",
          alternative: "A heat map; its numbers are in the listing and in the table."),
        .init(
          file: "figures/accuracy-gap.png", caption: "Transfer against the gap in accuracy.",
          alternative: gaps.first.map(\.sentence)),
      ], tables: [.init(file: "transfer.csv", caption: "Every cell, with its denominators.")])
  }
}
