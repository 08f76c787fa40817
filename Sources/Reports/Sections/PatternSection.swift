import PatternRoom

extension PatternExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Does the perturbation have a pattern?", findings: sentences,
      basis:
        "n = \(imageCount) held-out images drawn at random, of which \(goals.first?.success.total ?? 0) were classified "
        + "correctly and attacked by \(attack); means and cosines are over the successes, beside noise of their norms. One perturbation for all: fitted to \(universal.fooledOwn.total) images, counted on "
        + "\(universal.fooledHeldOut.total) others.",
      pictures: [
        .init(
          file: "figures/pattern.png",
          caption: "Means, spectrum, directions and cosines of the perturbations.",
          alternative: "Several panels; what they show is in the findings."),
        .init(
          file: "figures/universal-images.png", caption: "One perturbation for all images.",
          alternative: "Images with the universal perturbation added."),
      ],
      tables: [
        .init(
          file: "cosines.csv", caption: "Cosines between perturbations.", identifiers: ["goal", "of", "kind"]),
        .init(file: "universal.csv", caption: "Images that the one perturbation fools."),
        .init(
          file: "pairs.csv", caption: "Pairs of classes.",
          articleColumns: [
            ("goal", "goal"),
            ("class", "class"),
            ("predicted_class", "taken for"),
            ("images", "images"),
          ]),
      ], citations: [.moosavi2017universal])
  }
}
