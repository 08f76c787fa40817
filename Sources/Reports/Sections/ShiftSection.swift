import Experiments

extension ShiftResults: ReportedResults {
  var reportSummary: RunSummary {
    let start = lines.firstIndex(of: "") ?? 0
    let end = lines.lastIndex(of: "") ?? 0
    return RunSummary(
      title: "Does resistance to shift bring resistance to attack?",
      findings: [lines[0]] + Array(lines[(end + 1)...]),
      basis:
        "n = \(imageCount) of \(heldOutCount) held-out images of \(dataName), drawn at random, under 9 corruptions at 5 "
        + "severities each; \(attackCount) of them attacked by DDN, and within L2 \(epsilon) by projected gradient descent. "
        + "Intervals: Student's, 95 %, over networks; differences are of networks of one seed.",
      listing: Array(lines[(start + 1)..<max(end, start + 1)]),
      pictures: [
        .init(
          file: "figures/shift-and-attack.png",
          caption: "Accuracy under corruptions and distance under attack.",
          alternative: "A mark for each network; the numbers are in the table of networks."),
        .init(
          file: "figures/kinds.png", caption: "Accuracy under each corruption.",
          alternative: "Shares by corruption; the numbers are in the table of corruptions."),
        .init(file: "figures/corruptions.png", caption: "One image under every corruption."),
      ],
      tables: [
        .init(
          file: "recipes.csv", caption: "Recipes, and their differences from plain.", isWhole: true,
          articleColumns: [
            ("recipe", "recipe"), ("measure", "measure"), ("mean", "mean"), ("lower_95", "from"),
            ("upper_95", "to"),
            ("difference", "less plain"), ("difference_lower_95", "from"), ("difference_upper_95", "to"),
          ], identifiers: ["measure"]),
        .init(
          file: "networks.csv", caption: "The networks one by one.",
          articleColumns: [
            ("recipe", "recipe"), ("seed", "seed"), ("clean", "clean"), ("corrupted", "corrupted"),
            ("unseen", "seen by none"), ("median_l2", "median distance"), ("robust", "robust"),
          ]),
        .init(file: "corruptions.csv", caption: "Every network under every corruption.", isForArticle: false),
      ])
  }
}
