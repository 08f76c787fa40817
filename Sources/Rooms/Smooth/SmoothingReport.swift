import Adversarial
import Datasets
import Figures
import Images
import Inference
import Lab
import Networks
import Storage
import Tensors

/// Tables and figures of `intrigue smooth`; docs/smooth.md names the columns.
struct SmoothingReport {
  let configuration: SmoothingExperiment.Configuration
  let results: SmoothingResults
  let data: DataRecord
  /// Of each level: its images, and what each attack left of them.
  let parts: [(images: [SmoothedImage], attacks: [SmoothingAttackPart])]

  /// - Parameter engines: Of each level.
  func write(engines: [Engine], images: LabelledImages, numbers: [Int], in folder: RunFolder) throws {
    try certified.write(to: folder.file("certified.csv"))
    if !configuration.epsilons.isEmpty { try attacked.write(to: folder.file(Self.attackedName)) }
    try summary.write(to: folder.file("smoothing.csv"))
    let figures = try folder.folder("figures")
    try chart.write(named: "certified-accuracy", in: figures.url)
    try strip(engines, images, Array(numbers.prefix(Self.shownCount))).write(to: figures.file("noise.png"))
  }

  static let attackedName = "attacked.csv"

  // MARK: Figures

  private static let shownCount = 8

  private func caption(_ title: String, _ subtitle: String, _ footer: [String]) -> FigureCaption {
    let models = Set(results.levels.map { "\($0.modelName) \($0.modelChecksum.prefix(8))" }).sorted()
    return FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(data.name), data \(data.checksum.prefix(8)); \(models.joined(separator: ", ")); seed \(results.seed) · "
          + "Intrigue \(RunEnvironment.toolVersion)"
      ] + data.remarkLines,
      text: [
        .init(key: "Data", value: data.name), .init(key: "Data checksum", value: data.checksum),
        .init(key: "Seed", value: "\(results.seed)"),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }

  static func point(_ x: Double, _ proportion: Proportion) -> Chart.Point {
    Chart.Point(
      x: x, value: proportion.value ?? 0,
      interval: proportion.exactInterval().map { $0.lower...$0.upper })
  }

  /// A level a curve, and each network without noise.
  var chart: Chart {
    let roles: [Chart.Role] = [.random, .neurons, .other(0), .other(1), .other(2), .other(3)]
    let names = Set(results.levels.map(\.modelChecksum))
    var curves = results.levels.enumerated().map { number, level in
      Chart.CertifiedCurve(
        name: names.count > 1 ? results.name(of: level) : "σ = \(level.deviation)",
        role: roles[number % roles.count],
        steps: level.certified.points.map { Chart.Point(x: $0.epsilon, value: $0.accuracy.value ?? 0) },
        attacked: level.attacks.isEmpty
          ? [] : [Self.point(0, level.right)] + level.attacks.map { Self.point($0.epsilon, $0.robust) })
    }
    // One network is enough to compare with: the first. The table has all.
    if let first = results.levels.first, !first.attacks.isEmpty {
      curves.append(
        Chart.CertifiedCurve(
          name: names.count > 1 ? "\(results.modelName(of: first)), no noise" : "no noise", role: .control,
          attacked: [Self.point(0, first.base)] + first.attacks.map { Self.point($0.epsilon, $0.base) }))
    }
    let isAttacked = results.levels.contains { !$0.attacks.isEmpty }
    let largest = results.levels.map(\.largestRadius).max() ?? 0
    let reach = max(largest, configuration.epsilons.max() ?? 0, 0.1) * 1.04
    return Chart.certifiedAccuracy(
      caption: caption(
        "What a vote on noisy copies guarantees",
        "\(results.imageCount) of \(results.heldOutCount) held-out images, drawn at random. Lines: certified to keep their "
          + "class within the radius, each with probability \(1 - results.alpha) at least."
          + (isAttacked
            ? " Marks: still answered right under attack in L2, no answer being none; Clopper–Pearson's 95 % intervals over images."
            : ""),
        [
          "\(results.selectionCount) + \(results.estimationCount) noisy copies of each image. A certificate cannot exceed the "
            + "radius of an image whose copies all agree, where a line falls to 0."
            + (isAttacked
              ? " An attack is an upper bound: a better one could only lower the marks; this one: "
                + "\(configuration.stepCount) steps on the mean of \(configuration.attackDrawCount) copies."
              : "")
        ]),
      curves: curves, largest: reach, axis: "radius in L2, pixels from 0 to 1")
  }

  /// The first images, not selected: clean, then with one draw of each level's noise.
  private func strip(_ engines: [Engine], _ images: LabelledImages, _ numbers: [Int]) throws -> ImageStrip {
    let shape = images.shape
    let clean = images.tensor(of: numbers)
    var tiles: [ContactSheet.Tile] = []
    func append(_ shown: Tensor, _ engine: Engine, _ words: String) throws {
      let predictions = Prediction.rows(of: try engine.logits(of: shown))
      for (place, number) in numbers.enumerated() {
        let label = predictions[place].label
        tiles.append(
          ContactSheet.Tile(
            image: Bitmap(
              planar: Array(shown[row: place]), channels: shape.channels, height: shape.height,
              width: shape.width),
            caption: words, classIndex: label, isMisclassified: label != images.labels[number]))
      }
    }
    if let engine = engines.first { try append(clean, engine, "clean") }
    for (level, engine) in zip(results.levels, engines) {
      let noisy = SmoothedClassifier(
        engine, deviation: level.deviation, seed: results.seed
      ).noisyCopies(of: clean, imageIDs: numbers)
      try append(noisy, engine, "σ \(level.deviation)")
    }
    return ImageStrip(
      caption: caption(
        "Images as a smoothed network is shown them",
        "One draw of noise for each, the first of the selection. Framed in the colour of the class that the network takes "
          + "the very pixels for; the vote of \(results.estimationCount) of them is the answer.",
        [
          "Pixels are drawn from 0 to 1 and reach beyond; the network is shown them unclipped. The first \(numbers.count) "
            + "images of those drawn, not selected."
        ]),
      classNames: images.classNames, tiles: tiles, columnCount: numbers.count)
  }

  // MARK: Tables

  var certified: CSVWriter {
    var table = CSVWriter(columns: [
      "model", "sigma", "image", "label", "prediction", "agreed", "samples", "lower_bound", "radius",
      "abstained", "correct", "base_prediction", "votes_for_label", "model_checksum",
    ])
    for (level, part) in zip(results.levels, parts) {
      for image in part.images {
        let certificate = image.certificate
        table.append([
          level.modelName, level.deviation, image.imageID, image.label, certificate.leading,
          certificate.agreed.count, certificate.agreed.total, certificate.lowerBound,
          certificate.radius, certificate.radius == nil ? 1 : 0,
          certificate.label == image.label ? 1 : 0, image.basePrediction, certificate.counts[image.label],
          level.modelChecksum,
        ])
      }
    }
    return table
  }

  var attacked: CSVWriter {
    var table = CSVWriter(columns: [
      "model", "sigma", "epsilon", "image", "label", "distance", "certified_radius", "answer", "p", "lost",
      "contradicts", "model_checksum",
    ])
    for (level, part) in zip(results.levels, parts) {
      let certificates = Dictionary(
        uniqueKeysWithValues: part.images.map { ($0.imageID, $0.certificate) })
      for attack in part.attacks {
        for image in attack.evaluation.images {
          let certificate = certificates[image.imageID]
          table.append([
            level.modelName, level.deviation, attack.epsilon, image.imageID, image.label,
            image.distance,
            certificate?.radius, image.answer.label, image.answer.p,
            image.isLost ? 1 : 0, certificate.map(image.violates) == true ? 1 : 0, level.modelChecksum,
          ])
        }
      }
    }
    return table
  }

  /// A row for each level and radius; the radius 0 is without an attack.
  var summary: CSVWriter {
    let shares = ["certified", "robust", "base"]
    var table = CSVWriter(
      columns: ["model", "sigma", "training_noise", "radius", "images"]
        + shares.flatMap { [$0, "\($0)_lower_95", "\($0)_upper_95"] } + [
          "abstained", "contradictions", "inside", "not_lost", "model_checksum",
        ])
    func fields(_ proportion: Proportion) -> [any CSVValue] {
      let interval = proportion.exactInterval()
      return [proportion.count, interval?.lower, interval?.upper]
    }
    for level in results.levels {
      let head: [any CSVValue] = [
        level.modelName, level.deviation, level.trainingNoise.field,
      ]
      table.append(
        head + [0, results.imageCount] + fields(level.certified.accuracy(at: 0)) + fields(level.right)
          + fields(level.base) + [
            level.abstained.count, "", "", level.right.count + level.abstained.count, level.modelChecksum,
          ])
      for attack in level.attacks {
        table.append(
          head + [attack.epsilon, results.imageCount] + fields(attack.certified) + fields(attack.robust)
            + fields(attack.base)
            + [
              attack.abstained.count, attack.violations.count, attack.violations.total, attack.notLost.count,
              level.modelChecksum,
            ])
      }
    }
    return table
  }
}
