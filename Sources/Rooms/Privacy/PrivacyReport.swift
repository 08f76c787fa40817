import Figures
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Everything an experiment on privacy leaves to look at.
struct PrivacyReport {
  let results: PrivacyResults
  /// On the data, for the foot of each figure.
  var remarkLines: [String] = []

  static let textName = "privacy.txt"

  func write(to folder: RunFolder) throws {
    try networks.write(to: folder.file("privacy.csv"))
    try summary.write(to: folder.file("summary.csv"))
    try AtomicFile.write(results.lines.joined(separator: "\n") + "\n", to: folder.file(Self.textName))
    let figures = try folder.folder("figures")
    for (name, chart) in charts {
      if let chart {
        try chart.write(named: name, in: figures.url)
      } else {
        try figures.removeChart(name)
      }
    }
  }

  // MARK: Figures

  /// Nil of what no network has, such as a distance where none is right about an attacked image.
  var charts: [(name: String, chart: Chart?)] {
    [
      (
        "accuracy",
        chart(
          "What privacy costs: accuracy on held-out images",
          "Share of \(results.heldOutCount) held-out images classified correctly.", "accuracy, %",
          isShare: true
        ) { $0.accuracy }
      ),
      (
        "distance",
        chart(
          "How far is the nearest adversarial image?",
          "Median L2 of the smallest perturbation found by decoupled direction and norm, pixels from 0 to 1, of the "
            + "images classified correctly among \(results.imageCount) held-out ones drawn at random.",
          "median L2 of the smallest perturbation"
        ) { $0.distance }
      ),
      (
        "robust-accuracy",
        chart(
          "What is left within L2 \(PrivacyWords.number(results.radius, "%.4g"))",
          "Share of all \(results.imageCount) attacked images that is classified correctly and was not fooled within that "
            + "distance; a better attack can only lower it.", "robust accuracy, %", isShare: true
        ) { $0.robustAccuracy }
      ),
      (
        "membership",
        chart(
          "What does the network tell of who was trained on?",
          "True minus false positive rate of the attack that takes images of small loss for members; the threshold for one "
            + "half of the images is chosen on the other. 0: it tells nothing.",
          "advantage of the attack", intervals: "95 % intervals over networks and images"
        ) { $0.advantage }
      ),
    ]
  }

  private func chart(
    _ title: String, _ subtitle: String, _ axis: String, isShare: Bool = false,
    intervals: String = "Student's 95 % intervals over networks, images held fixed",
    _ value: (PrivacySummary) -> MeanWithInterval?
  ) -> Chart? {
    let scale: Double = isShare ? 100 : 1
    var isCut = false
    func point(_ arm: PrivacyArm, at place: Int) -> Chart.Point? {
      guard let mean = value(results.summary(arm)) else { return nil }
      return Chart.Point(
        x: Double(place), value: scale * mean.mean,
        interval: mean.range.map { range in
          let shown = isShare ? range.clamped(to: 0...1) : range
          isCut = isCut || shown != range
          return scale * shown.lowerBound...scale * shown.upperBound
        })
    }
    let arms: [PrivacyArm] = [.plain, .clipped] + results.epsilons.map { .epsilon($0) }
    let stopped = results.epsilons.enumerated().compactMap { point(.stopped($1), at: $0 + 2) }
    let series = [
      Chart.Series(
        name: "trained this way", role: .neurons,
        points: arms.enumerated().compactMap { point($1, at: $0) }),
      Chart.Series(name: "not private, stopped at the same accuracy", role: .random, points: stopped),
    ].filter { !$0.points.isEmpty }
    guard !series.isEmpty else { return nil }
    let seeds = results.networkCount
    return Chart.conditions(
      caption: FigureCaption(
        title: title,
        subtitle: subtitle,
        footer: [
          (seeds > 1
            ? "Means over \(seeds) networks with \(intervals)\(isCut ? "; bars are cut at 0 and 100 %" : "")."
            : "One network of each kind, no intervals."),
          "δ = \(PrivacyWords.number(results.delta, "%.4g")), C = \(PrivacyWords.number(results.clip, "%.4g")), "
            + "\(results.epochCount) \(results.epochCount == 1 ? "epoch" : "epochs") of lots of \(results.lotSize).",
          "\(results.architectureName) on \(results.dataName) · seeds \(results.seed) to "
            + "\(results.seed &+ UInt64(seeds - 1)) · Intrigue \(RunEnvironment.toolVersion)",
        ] + remarkLines,
        text: [
          .init(key: "Data", value: results.dataName), .init(key: "Seed", value: "\(results.seed)"),
          .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
        ]),
      names: arms.map(\.words), series: series, axis: axis, acrossName: "how the network was trained")
  }

  // MARK: Tables

  var networks: CSVWriter {
    var table = CSVWriter(
      columns: ["training", "seed", "epsilon", "delta", "noise_multiplier", "steps", "images_seen"]
        + CSVWriter.columns(counted: "accuracy") + CSVWriter.columns(counted: "training_accuracy")
        + ["median_l2", "fooled", "attacked"] + CSVWriter.columns(counted: "robust_accuracy")
        + [
          "true_positive_rate", "false_positive_rate", "advantage", "advantage_lower_95",
          "advantage_upper_95",
          "advantage_bound", "model",
        ])
    for network in results.networks {
      let interval = network.advantageInterval
      let account = network.account
      table.append(
        [
          network.arm.name, network.seed, account?.epsilon,
          account?.epsilon == nil ? nil : account?.delta,
          account?.noiseMultiplier, account?.stepCount,
          network.imagesSeen,
        ] + CSVWriter.fields(counted: network.accuracy) + CSVWriter.fields(counted: network.trainingAccuracy)
          + [network.medianDistance, network.fooled.count, network.fooled.total]
          + CSVWriter.fields(counted: network.robust)
          + [
            network.membership?.truePositives.value,
            network.membership?.falsePositives.value,
            network.membership?.advantage,
            interval?.lower, interval?.upper,
            account?.epsilon == nil ? nil : account?.guarantee.membershipAdvantageBound,
            network.modelChecksum,
          ])
    }
    return table
  }

  /// A row for each way to train and measure.
  var summary: CSVWriter {
    let kinds = ["", "minus_plain", "minus_clipped", "minus_stopped"].flatMap { kind in
      ["", "_lower_95", "_upper_95"].map { (kind.isEmpty ? "mean" : kind) + $0 }
    }
    var table = CSVWriter(columns: ["training", "measure", "networks"] + kinds)
    func fields(_ mean: MeanWithInterval?) -> [any CSVValue] {
      [
        mean?.mean, mean?.range?.lowerBound,
        mean?.range?.upperBound,
      ]
    }
    for summary in results.summaries {
      let measures: [(String, MeanWithInterval?, (PrivacySummary.Differences) -> MeanWithInterval?)] = [
        ("accuracy", summary.accuracy, { $0.accuracy }), ("median_l2", summary.distance, { $0.distance }),
        ("robust_accuracy", summary.robustAccuracy, { $0.robustAccuracy }),
        ("advantage", summary.advantage, { $0.advantage }),
      ]
      for (name, mean, difference) in measures {
        table.append(
          [summary.arm.name, name, results.networkCount] + fields(mean)
            + fields(summary.fromPlain.flatMap(difference))
            + fields(summary.fromClipped.flatMap(difference))
            + fields(summary.fromStopped.flatMap(difference)))
      }
    }
    return table
  }
}
