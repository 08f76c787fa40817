import SmoothRoom

extension SmoothingResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Can one inject noise at inference?", findings: lines,
      basis:
        "n = \(imageCount) of \(heldOutCount) held-out images of \(dataName), drawn at random; \(selectionCount) + "
        + "\(estimationCount) noisy copies of each. A certificate is wrong with probability \(alpha) at most: within its "
        + "radius in L2 no perturbation changes the vote, whatever the attack. What an attack leaves is an upper bound. "
        + "Intervals: 95 %, of Clopper and Pearson.",
      pictures: [
        .init(
          file: "figures/certified-accuracy.png",
          caption: "Certified accuracy against the radius, and accuracy under attack.",
          alternative: "Curves; their numbers are in the table."),
        .init(file: "figures/noise.png", caption: "Images as the network is shown them."),
      ],
      tables: [
        .init(
          file: "smoothing.csv", caption: "What is certified and what is left, by radius.", isWhole: true,
          articleColumns: [
            ("model", "network"), ("sigma", "$\\sigma$"), ("radius", "radius"), ("images", "images"),
            ("certified", "certified"), ("robust", "under attack"), ("base", "without noise"),
          ]),
        .init(file: "certified.csv", caption: "The images one by one.", isForArticle: false),
        .init(file: "attacked.csv", caption: "Every attack on every image.", isForArticle: false),
      ])
  }
}
