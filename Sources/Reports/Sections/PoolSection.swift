import Lab
import PoolRoom

extension PoolResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Several attacks on the same images",
      findings: [
        "After all attacks (\(task)) the network is right about \(best.robustAccuracy.count) of "
          + "\(best.robustAccuracy.total) images, \(sample): an upper bound of what is true."
      ] + warnings.map { "Warning: \($0)" },
      basis:
        "n = \(imageCount) held-out images, \(cleanAccuracy.count) of them classified correctly; \(best.success.total) were "
        + "attacked. Intervals: Wilson, 95 %. Distances are over an attack's own successes, pixels in [0, 1].",
      listing: lines,
      pictures: [
        .init(
          file: "figures/pool.png",
          caption: epsilon == nil
            ? "Accuracy that each attack leaves at each distance, and all together."
            : "How many images each attack fools within the budget.",
          alternative: "One mark or curve for each attack; the numbers are in the listing."),
        .init(
          file: "figures/queries.png",
          caption: "What black-box attacks had after so many queries on each image.",
          alternative: "One curve for each attack, and a line for one that knows the gradient."),
      ],
      tables: [
        .init(
          file: "pool.csv", caption: "The attacks.",
          articleColumns: [
            ("attack", "attack"),
            ("success_count", "fooled"),
            ("success_of", "of"),
            ("robust_accuracy", "accuracy left"),
            ("median_distance", "median"),
            ("mean_distance", "mean"),
            ("forwards_per_image", "forwards"),
            ("backwards_per_image", "backwards"),
          ], isForArticle: false),
        .init(file: "images.csv", caption: "The images one by one."),
        RunSummary.queryTable,
      ], articleTables: ["pool.tex"],
      citations: attacks.flatMap { Citation.attack($0.entry.method.kind) } + [.carlini2019evaluating])
  }
}
