import Datasets
import TransferRoom

extension TransferResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Transfer", findings: gaps.map { "Does transfer need equal accuracy? \($0.sentence)." },
      basis:
        "n = \(imageCount) of \(heldOutCount) held-out images of \(dataName), drawn at random. Error is of the images that "
        + "both networks classify correctly when clean; each cell of the table says of how many. Noise has the L2 length "
        + "of the attack's perturbation of the same image. Accuracy gap: a permutation test over networks.",
      listing: lines,
      pictures: [
        .init(
          file: "figures/transfer.png", caption: "Error on images made for the row, shown to the column.",
          alternative: "A heat map; its numbers are in the listing and in the table."),
        .init(
          file: "figures/accuracy-gap.png", caption: "Transfer against the gap in accuracy.",
          alternative: gaps.first.map(\.sentence)),
      ],
      tables: [
        .init(
          file: "transfer.csv", caption: "Every cell, with its denominators.",
          articleColumns: [
            ("source", "made for"), ("target", "shown to"), ("size", "size"), ("direction", "direction"),
            ("error_both_correct_count", "fooled"), ("error_both_correct_of", "of"),
            ("error_all", "error on all"), ("clean_error", "clean error"),
          ], isForArticle: false)
      ],
      articleTables: ["transfer.tex"])
  }
}
