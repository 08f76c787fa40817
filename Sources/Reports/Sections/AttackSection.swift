import AttackRoom
import Directions
import Foundation
import Lab

extension AttackExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Adversarial images: \(attack)",
      findings: [sentence] + [bounds?.sentence].compactMap(\.self) + warnings.map { "Warning: \($0)" },
      basis:
        "n = \(imageCount) held-out images, of which \(summary.success.total) were attacked; interval of shares: Wilson, "
        + "95 %. Distances are over the \(summary.success.count) successes, pixels in [0, 1]; distortion: root mean "
        + "square over the pixels.",
      pictures: [
        .init(
          file: "adversarial.png",
          caption: "Clean image, perturbation, adversarial image: a random sample of those attacked."),
        .init(
          file: "figures/robust-accuracy.png", caption: "Accuracy that is left at each distance.",
          alternative: "A falling curve. \(sentence)"),
        .init(
          file: "figures/distortions.png", caption: "How far the images had to go.",
          alternative: "Histogram of distances; quartiles are in the table of distortions."),
        .init(
          file: "figures/queries.png",
          caption: "What the black-box attack had after so many queries on each image.",
          alternative: "A curve over the number of queries; the numbers are in queries.csv."),
      ],
      tables: [
        .init(
          file: "distortions.csv", caption: "Distances of the successes, in every measure.",
          identifiers: ["measure"]),
        .init(
          file: "results.csv", caption: "The images one by one.",
          articleColumns: RunSummary.attackColumns),
        RunSummary.queryTable,
      ],
      citations: Citation.attack(AttackKind(rawValue: attack)) + [
        .wilson1927probable, .carlini2019evaluating,
      ])
  }
}

extension EveryTargetExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    let share = reached.value.map { String(format: "%.1f %%", 100 * $0) } ?? "none"
    return RunSummary(
      title: "Every image as every class: \(attack)",
      findings: [
        "\(reached.count) of \(reached.total) pairs of an image and a class were reached (\(share)); of "
          + "\(everyClassReached.count) of \(everyClassReached.total) images every class."
      ] + [medianL2.map { String(format: "Median L2 of the pairs: %.3f.", $0) }].compactMap(\.self),
      basis:
        "n = \(imageCount) held-out images, \(alreadyWrongCount) of them misclassified without help and not attacked; "
        + "\(reached.total) pairs of an image and a class other than its own. Distances are over the pairs reached, "
        + "pixels in [0, 1].",
      pictures: [
        .init(
          file: "targets.png", caption: "Images as rows, the classes they became as columns.")
      ],
      tables: [
        .init(
          file: "classes.csv", caption: "Pairs of classes, the original first.",
          articleColumns: [
            ("class", "class"), ("target_class", "made to"), ("pairs", "pairs"), ("reached", "reached"),
            ("median_l2", "median $L_2$"), ("median_linf", "median $L_\\infty$"),
          ]),
        .init(
          file: "pairs.csv", caption: "The pairs one by one.",
          articleColumns: RunSummary.attackColumns),
      ], citations: Citation.attack(AttackKind(rawValue: attack)))
  }
}

extension RunSummary {
  /// What black-box attacks had after so many queries; only they leave it.
  static let queryTable = Tabulated(
    file: "queries.csv", caption: "What black-box attacks had after so many queries.",
    articleColumns: [
      ("attack", "attack"), ("queries", "queries"), ("success_count", "fooled"), ("success_of", "of"),
      ("median_distance", "median"),
    ], identifiers: ["attack", "queries"])

  /// Of attacked images one by one.
  fileprivate static let attackColumns = [
    (name: "image", heading: "image"), ("class", "class"), ("verdict", "verdict"), ("class_after", "seen as"),
    ("confidence_after", "confidence"), ("l2", "$L_2$"), ("linf", "$L_\\infty$"),
    ("distortion", "distortion"),
  ]
}
