import RubbishRoom

extension RubbishExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "What does it see in noise?", findings: sentences,
      basis:
        "n = \(noise.accepted.total) noise images and \(clean.accepted.total) clean held-out ones; accepted: the largest "
        + "score is above its threshold, read as \(scores.rawValue). Intervals: 95 %.",
      pictures: [
        .init(
          file: "figures/rubbish.png",
          caption: "Noise, and the same after one step towards each class."),
        .init(
          file: "figures/classes.png", caption: "Which classes noise is taken for.",
          alternative: "Shares by class; the numbers are in the table."),
      ],
      tables: [
        .init(
          file: "rubbish.csv", caption: "The classes one by one.",
          articleColumns: [
            ("name", "class"),
            ("noise_images", "noise"),
            ("accepted", "accepted"),
            ("steps", "steps"),
            ("before", "before"),
            ("fooled", "after"),
            ("gained", "gained"),
            ("mean_confidence", "confidence"),
          ])
      ])
  }
}
