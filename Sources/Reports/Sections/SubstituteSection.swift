import SubstituteRoom

extension SubstituteResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Attacked by its answers alone",
      findings: sentences,
      basis:
        "n = \(imageCount) held-out images, \(whiteBox.total) of them classified correctly by the black box and attacked; "
        + "\(substitutes.count) substitutes, \(differences). Intervals over substitutes: "
        + "Student, 95 %; of single shares: Wilson, 95 %.",
      pictures: [
        .init(
          file: "figures/substitute.png",
          caption: "How many images fool the black box, and how like it the substitute is, by queries.",
          alternative: "Two rising curves; the numbers are in the table."),
        .init(file: "figures/queries.png", caption: "Some of the images that were asked about."),
      ],
      tables: [
        .init(
          file: "substitute.csv", caption: "Substitutes and rounds.",
          articleColumns: [
            ("substitute", "substitute"), ("queries", "queries"), ("success", "fooled"),
            ("agreement", "agreement"), ("accuracy", "accuracy"),
          ], identifiers: ["substitute", "round"])
      ], citations: [.papernot2017practical])
  }
}
