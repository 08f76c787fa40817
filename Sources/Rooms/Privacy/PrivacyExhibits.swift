import Figures
import Foundation
import Lab
import Networks
import Privacy
import Storage
import Tensors
import TrainRoom

/// Findings, figures and tables of `intrigue privacy`.
struct PrivacyExhibits {
  let results: PrivacyResults
  /// Remarks on the data, for the foot of each figure.
  var remarkLines: [String] = []

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Differential privacy and adversarial robustness", findings: results.sentences,
      basis:
        "n = \(results.networkCount) networks of each kind, \(results.architectureName) on \(results.dataName); means over "
        + "networks with Student's 95 % intervals, differences paired by seed. Intervals of the membership inference "
        + "advantage and of differences in robust accuracy include the sampling error of the images, which all networks "
        + "share; the others hold the images fixed. Accuracy: \(results.heldOutCount) held-out images; distances and robust "
        + "accuracy: \(results.imageCount) of them, a random sample, attacked with DDN. Accuracy affects margins, so each "
        + "private network is also compared with a non-private one that was stopped at the same accuracy.",
      listing: listing)
    let alternative = "Means with intervals by kind of training; the numbers are in the table of kinds."
    exhibits.chart(
      "figures/distance",
      "Median ℓ2 distance of the smallest adversarial perturbation (DDN), by kind of training.",
      alternative: alternative, distanceChart)
    exhibits.chart(
      "figures/accuracy", "Accuracy by kind of training.",
      alternative: alternative, accuracyChart)
    exhibits.chart(
      "figures/robust-accuracy", "Robust accuracy (\(threat)) by kind of training.",
      alternative: alternative, robustAccuracyChart)
    exhibits.chart(
      "figures/membership", "Advantage of membership inference by kind of training.",
      alternative: alternative, membershipChart)
    exhibits.table(
      "summary.csv", "Every kind of training, over its networks.",
      of: results.summaries.flatMap { summary in Measure.all.map { (summary, $0) } }, summaryColumns)
    exhibits.table("privacy.csv", "Every network.", of: results.networks, networkColumns)
    let words = exhibits.list.words.joined(separator: "\n") + "\n"
    exhibits.record("privacy.txt") { try AtomicFile.write(words, to: $0) }
    return exhibits
  }

  // MARK: Figures

  private var accuracyChart: Chart? {
    chart(
      "Accuracy by kind of training", "Accuracy on \(results.heldOutCount) held-out images.",
      "accuracy, %", isShare: true
    ) { $0.accuracy }
  }

  private var distanceChart: Chart? {
    chart(
      "Distance of the smallest adversarial perturbation",
      "Median ℓ2 distance found by DDN, over the correctly classified images among \(results.imageCount) held-out images, a "
        + "random sample.",
      "median ℓ2 distance, pixels in [0, 1]"
    ) { $0.distance }
  }

  private var robustAccuracyChart: Chart? {
    chart(
      "Robust accuracy (\(threat))",
      "Share of all \(results.imageCount) attacked images that are classified correctly and for which DDN found no adversarial "
        + "perturbation within that distance: an upper bound.", "robust accuracy, %", isShare: true
    ) { $0.robustAccuracy }
  }

  private var membershipChart: Chart? {
    chart(
      "Membership inference",
      "Advantage (true minus false positive rate) of an attack that predicts images of small loss as members; the threshold "
        + "for each half of the images is chosen on the other half. 0: no better than chance.",
      "advantage of membership inference", intervals: "95 % intervals over networks and images"
    ) { $0.advantage }
  }

  /// nil when no network has the value.
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
      Chart.Series(name: "non-private, stopped at the same accuracy", role: .random, points: stopped),
    ].filter { !$0.points.isEmpty }
    guard !series.isEmpty else { return nil }
    return Chart.conditions(
      caption: FigureCaption(
        title: title,
        subtitle: subtitle,
        footer: [
          (results.networkCount > 1
            ? "Means over \(results.networkCount) networks with \(intervals)\(isCut ? "; bars are cut at 0 and 100 %" : "")."
            : "One network of each kind, no intervals."),
          "\(training).", "\(networks) · Intrigue \(RunEnvironment.toolVersion)",
        ] + remarkLines,
        text: [
          .init(key: "Data", value: results.dataName), .init(key: "Seed", value: "\(results.seed)"),
          .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
        ]),
      names: arms.map(\.words), series: series, axis: axis, acrossName: "kind of training")
  }

  // MARK: Tables

  private var networkColumns: [TableColumn<PrivacyMeasurement>] {
    let head: [TableColumn<PrivacyMeasurement>] = [
      TableColumn("training", article: "training") { $0.arm.name },
      TableColumn("seed", article: "seed") { $0.seed },
      TableColumn("epsilon") { $0.account?.epsilon },
      TableColumn("delta") { network in network.account.flatMap { $0.epsilon == nil ? nil : $0.delta } },
      TableColumn("noise_multiplier", article: "noise multiplier") { $0.account?.noiseMultiplier },
      TableColumn("steps") { $0.account?.stepCount },
      TableColumn("images_seen") { $0.imagesSeen },
    ]
    let accuracy: [TableColumn<PrivacyMeasurement>] =
      .counted("accuracy", article: (nil, nil, "accuracy")) { $0.accuracy }
      + .counted("training_accuracy") { $0.trainingAccuracy }
    let robustness: [TableColumn<PrivacyMeasurement>] =
      [
        TableColumn("median_l2", article: "median $\\ell_2$ distance") { $0.medianDistance },
        TableColumn("fooled") { $0.fooled.count },
        TableColumn("attacked") { $0.fooled.total },
      ] + .counted("robust_accuracy", article: (nil, nil, "robust accuracy")) { $0.robust }
    let membership: [TableColumn<PrivacyMeasurement>] = [
      TableColumn("true_positive_rate") { $0.membership?.truePositives.value },
      TableColumn("false_positive_rate") { $0.membership?.falsePositives.value },
      TableColumn("advantage", article: "advantage") { $0.membership?.advantage },
      TableColumn("advantage_lower_95") { $0.advantageInterval?.lower },
      TableColumn("advantage_upper_95") { $0.advantageInterval?.upper },
      TableColumn("advantage_bound") { $0.account.flatMap(Self.advantageBound) },
      TableColumn("model") { $0.modelChecksum },
    ]
    return head + accuracy + robustness + membership
  }

  /// The largest advantage that the training's guarantee allows; nil without a guarantee.
  static func advantageBound(_ account: PrivacyAccount) -> Double? {
    account.epsilon == nil ? nil : account.guarantee.membershipAdvantageBound
  }

  /// A quantity that is compared between kinds of training.
  private struct Measure {
    let name: String
    let mean: (PrivacySummary) -> MeanWithInterval?
    let difference: (PrivacySummary.Differences) -> MeanWithInterval?

    static var all: [Measure] {
      [
        Measure(name: "accuracy", mean: { $0.accuracy }, difference: { $0.accuracy }),
        Measure(name: "median_l2", mean: { $0.distance }, difference: { $0.distance }),
        Measure(name: "robust_accuracy", mean: { $0.robustAccuracy }, difference: { $0.robustAccuracy }),
        Measure(name: "advantage", mean: { $0.advantage }, difference: { $0.advantage }),
      ]
    }
  }

  private var summaryColumns: [TableColumn<(summary: PrivacySummary, measure: Measure)>] {
    typealias Row = (summary: PrivacySummary, measure: Measure)
    func interval(
      _ name: String, _ bounds: String, article headings: (String?, String?, String?),
      _ mean: @escaping (Row) -> MeanWithInterval?
    ) -> [TableColumn<Row>] {
      [
        TableColumn(name, article: headings.0) { mean($0)?.mean },
        TableColumn("\(bounds)_lower_95", article: headings.1) { mean($0)?.range?.lowerBound },
        TableColumn("\(bounds)_upper_95", article: headings.2) { mean($0)?.range?.upperBound },
      ]
    }
    func difference(
      _ name: String, article heading: String,
      _ other: @escaping (PrivacySummary) -> PrivacySummary.Differences?
    ) -> [TableColumn<Row>] {
      interval(name, name, article: (heading, nil, nil)) { row in
        other(row.summary).flatMap(row.measure.difference)
      }
    }
    let head: [TableColumn<Row>] = [
      TableColumn("training", article: "training") { $0.summary.arm.name },
      TableColumn("measure", article: "measure", isIdentifier: true) { $0.measure.name },
      TableColumn("networks") { _ in results.networkCount },
    ]
    return head + interval("mean", "mean", article: ("mean", "from", "to")) { $0.measure.mean($0.summary) }
      + difference("minus_plain", article: "vs non-private") { $0.fromPlain }
      + difference("minus_clipped", article: "vs clipped") { $0.fromClipped }
      + difference("minus_stopped", article: "vs stopped") { $0.fromStopped }
  }
}
