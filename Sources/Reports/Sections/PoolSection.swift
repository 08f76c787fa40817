import Experiments

extension PoolResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Several attacks on the same images",
      findings: [
        "After all attacks (\(task)) the network is right about \(best.robustAccuracy.count) of "
          + "\(best.robustAccuracy.total) images, \(sample): an upper bound of what is true."
      ] + warnings.map { "Warning: \($0)" }, listing: lines,
      pictures: [
        .init(
          file: "figures/pool.png",
          caption: epsilon == nil
            ? "Accuracy that each attack leaves at each distance, and all together."
            : "How many images each attack fools within the budget.",
          alternative: "One mark or curve for each attack; the numbers are in the listing.")
      ],
      tables: [
        .init(file: "pool.csv", caption: "The attacks."),
        .init(file: "images.csv", caption: "The images one by one."),
      ])
  }
}
