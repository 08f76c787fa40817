import Adversarial
import Datasets
import Figures
import Lab
import Networks
import Tensors

/// The pictures of `intrigue rubbish`, each with where it came from.
struct RubbishFigures {
  let configuration: RubbishExperiment.Configuration
  let results: RubbishExperiment.Results
  let data: DataRecord

  static let shownCount = 8
  private static let mostClasses = 40

  /// As many as a picture can show: those of which noise is accepted most after a step, in their order.
  private var shownClasses: [Int] {
    let shares = results.fooling.outcomes.map { $0.fooled.value ?? 0 }
    return shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }.prefix(Self.mostClasses).sorted()
  }

  private var selection: String {
    let count = results.classNames.count
    return count > Self.mostClasses
      ? " \(Self.mostClasses) of \(count) classes are shown: those that most noise images reach in a step, the first of equals."
      : ""
  }
  /// Of pixel values on the picture: three deviations of the noise.
  private static let limit: Float = 3

  func write(_ engine: Engine, in folder: RunFolder) throws {
    let figures = try folder.folder("figures")
    try grid(engine).write(to: figures.file("rubbish.png"))
    try classes.write(named: "classes", in: figures.url)
  }

  /// A column for each of the first noise images; first the image itself, then what it becomes.
  private func grid(_ engine: Engine) throws -> SignedImageGrid {
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
            note: "\(results.classNames[label]): \(RubbishWords.probability(confidence))",
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
                "\(RubbishWords.probability(step.before[row])) → \(RubbishWords.probability(step.after[row]))",
              isMarked: step.after[row] >= threshold)
          }))
    }
    let epsilon = Numbers.plain(configuration.epsilon)
    return SignedImageGrid(
      caption: caption(
        title: "Noise, and the same noise one step nearer to each class",
        subtitle:
          "Top: draws of N(0, I), with the class of the largest probability. Below: x + ε sign ∇p(class | x), "
          + "ε = \(epsilon), with that class's probability before and after the step. Framed: "
          + "\(Numbers.plain(threshold)) or more.",
        [
          "Pixel values are shown from −3 to 3, beyond that in the same colours; images have them from 0 to 1. The first "
            + "\(count) draws, not selected.\(selection)"
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
        title: "What noise each class accepts",
        subtitle:
          "Noise: draws of N(0, I) whose largest probability is above \(threshold) and this class's. After a step: "
          + "draws with at least \(threshold) for this class after one step of ε = "
          + "\(Numbers.plain(configuration.epsilon)) towards it. Wilson's 95 % intervals.",
        [
          "Clean held-out images: \(results.clean.accepted.counted) accepted. Noise: "
            + "\(results.noise.accepted.counted).\(selection)"
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
        "\(results.modelName) on \(data.name), probabilities by \(results.scores.rawValue) · model "
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
