import Adversarial
import Datasets
import Figures
import Images
import Lab
import Networks
import Tensors

/// The figures and table of `intrigue rubbish`.
struct RubbishExhibits {
  let configuration: RubbishExperiment.Configuration
  let results: RubbishExperiment.Results
  let data: DataRecord
  let engine: Engine

  private static let shownCount = 8
  private static let mostClasses = 40
  /// The pixel value of the strongest colour: three standard deviations of the noise.
  private static let limit: Float = 3

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Rubbish-class and fooling images", findings: results.sentences,
      basis:
        "n = \(results.noise.accepted.total) noise images and \(results.clean.accepted.total) clean held-out images. "
        + "Accepted: the largest probability (\(results.scores.rawValue)) is above "
        + "\(Numbers.plain(configuration.threshold)). Intervals: Wilson, 95 %.")
    exhibits.figure(
      "figures/rubbish.png", "Noise images, and the same images after one step towards each class."
    ) {
      try grid()
    }
    exhibits.chart(
      "figures/classes", "Noise accepted as each class, before and after one step towards it.",
      alternative: "Fractions of the noise images by class; the numbers are in the table.", classes)
    exhibits.table(
      "rubbish.csv", "Noise accepted as each class, before and after one step towards it.",
      of: rows, columns)
    exhibits.cite(.wilson1927probable)
    return exhibits
  }

  // MARK: Table

  private struct Row {
    let label: Int
    let name: String
    let accepted: Proportion
    let outcome: FoolingImages.Outcome
  }

  private var rows: [Row] {
    results.fooling.outcomes.enumerated().map { label, outcome in
      Row(
        label: label, name: results.classNames[label],
        accepted: Proportion(results.noise.acceptedByClass[label], of: results.noise.accepted.total),
        outcome: outcome)
    }
  }

  private var columns: [TableColumn<Row>] {
    [
      TableColumn("class") { $0.label },
      TableColumn("name", article: "class") { $0.name },
      TableColumn("noise_images", article: "noise images") { $0.accepted.total },
      TableColumn("accepted", article: "accepted") { $0.accepted.count },
      TableColumn("accepted_lower_95") { $0.accepted.interval95?.lowerBound },
      TableColumn("accepted_upper_95") { $0.accepted.interval95?.upperBound },
      TableColumn("steps", article: "steps") { $0.outcome.fooled.total },
      TableColumn("before", article: "before") { $0.outcome.before.count },
      TableColumn("fooled", article: "after") { $0.outcome.fooled.count },
      TableColumn("fooled_lower_95") { $0.outcome.fooled.interval95?.lowerBound },
      TableColumn("fooled_upper_95") { $0.outcome.fooled.interval95?.upperBound },
      TableColumn("gained", article: "gained") { $0.outcome.gained.count },
      TableColumn("mean_confidence", article: "mean confidence") { $0.outcome.meanConfidence },
      TableColumn("zero_gradients") { $0.outcome.zeroGradientCount },
    ]
  }

  // MARK: Figures

  /// The classes on the figures: at most ``mostClasses``, those that most noise images reach in a step, in their order.
  private var shownClasses: [Int] {
    let shares = results.fooling.outcomes.map { $0.fooled.value ?? 0 }
    return shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }.prefix(Self.mostClasses).sorted()
  }

  private var selection: String {
    let count = results.classNames.count
    return count > Self.mostClasses
      ? " Shown: the \(Self.mostClasses) of \(count) classes that most noise images reach in a step." : ""
  }

  /// A column for each of the first noise images: the image itself, then the image after each step.
  private func grid() throws -> SignedImageGrid {
    let shape = engine.inputShape
    let count = min(Self.shownCount, configuration.foolingCount)
    let noise = RubbishClass.noise(count: count, shape: shape, seed: configuration.seed)
    let logits = try engine.logits(of: noise)
    let threshold = configuration.threshold
    var rows = [
      SignedImageGrid.Row(
        name: "noise",
        cells: (0..<count).map { row in
          let label = Prediction(logits: logits[row: row]).label
          let confidence = results.scores.probabilities(of: logits[row: row])[label]
          return SignedImageGrid.Cell(
            values: Array(noise[row: row]),
            note: "\(results.classNames[label]): \(RubbishFindings.probability(confidence))",
            isMarked: confidence > threshold)
        })
    ]
    for label in shownClasses {
      let name = results.classNames[label]
      let step = try FoolingImages.step(
        from: noise, towards: label, epsilon: configuration.epsilon, scores: results.scores,
        classifier: engine)
      rows.append(
        SignedImageGrid.Row(
          name: "→ \(name)",
          cells: (0..<count).map { row in
            SignedImageGrid.Cell(
              values: Array(step.images[row: row]),
              note:
                "\(RubbishFindings.probability(step.before[row])) → \(RubbishFindings.probability(step.after[row]))",
              isMarked: step.after[row] >= threshold)
          }))
    }
    let epsilon = Numbers.plain(configuration.epsilon)
    return SignedImageGrid(
      caption: caption(
        title: "Noise images, and the same images after one step towards each class",
        subtitle:
          "Top: draws of N(0, I), with the predicted class and its probability. Below: x + ε sign ∇p(class | x), "
          + "ε = \(epsilon), with the probability of the class before and after the step. Border: probability "
          + "\(Numbers.plain(threshold)) or more.",
        [
          "Colour scale from −3 to 3, clamped beyond; pixels of images lie in [0, 1]. The first \(count) draws, not "
            + "cherry-picked.\(selection)"
        ]),
      columnNames: (0..<count).map { "draw \($0)" }, rows: rows, channels: shape.channels,
      height: shape.height,
      width: shape.width, limit: Self.limit, scale: max(1, 64 / max(shape.height, shape.width)))
  }

  var classes: Chart {
    let count = results.noise.accepted.total
    let accepted = shownClasses.map { Proportion(results.noise.acceptedByClass[$0], of: count) }
    let fooled = shownClasses.map { results.fooling.outcomes[$0].fooled }
    let threshold = Numbers.plain(configuration.threshold)
    return Chart.classShares(
      caption: caption(
        title: "Noise accepted as each class",
        subtitle:
          "Noise: draws of N(0, I) predicted as the class with probability above \(threshold). After a step: draws with "
          + "probability at least \(threshold) for the class after one step of ‖r‖∞ = "
          + "\(Numbers.plain(configuration.epsilon)) towards it. Bars: Wilson's 95 % intervals.",
        [
          "Accepted: \(results.noise.accepted.share(of: "noise images")), "
            + "\(results.clean.accepted.share(of: "clean held-out images")).\(selection)"
        ]),
      classNames: shownClasses.map { results.classNames[$0] },
      series: [
        .init(
          name: "noise, \(count) images", role: .random,
          shares: accepted.compactMap(Chart.ClassSeries.Share.init)),
        .init(
          name: "after a step, \(configuration.foolingCount) images", role: .neurons,
          shares: fooled.compactMap(Chart.ClassSeries.Share.init)),
      ], axis: "share of the noise images")
  }

  // MARK: Words

  private func caption(title: String, subtitle: String, _ footer: [String]) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(results.modelName) on \(data.name), probabilities: \(results.scores.rawValue) · model "
          + "\(results.modelChecksum.prefix(8)), data \(data.checksum.prefix(8)) · seed \(configuration.seed) · Intrigue "
          + RunEnvironment.toolVersion
      ] + data.remarkLines, text: textPairs)
  }

  private var textPairs: [FigureCaption.Pair] {
    [
      ("Data", data.name), ("Data checksum", data.checksum), ("Model", results.modelName),
      ("Model checksum", results.modelChecksum), ("Probabilities", results.scores.rawValue),
      ("Seed", configuration.seed.description), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
    ].map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }
}
