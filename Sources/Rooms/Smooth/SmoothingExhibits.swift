import Adversarial
import Datasets
import Figures
import Foundation
import Images
import Inference
import Lab
import Networks
import Storage
import Tensors

/// Findings, figures and tables of `intrigue smooth`; docs/smooth.md describes the columns.
struct SmoothingExhibits {
  let configuration: SmoothingExperiment.Configuration
  let results: SmoothingResults
  let data: DataRecord
  /// One for each level.
  let measured: [SmoothingExperiment.Measured]
  /// One for each level.
  let engines: [Engine]
  let images: LabelledImages
  /// Numbers of the held-out images.
  let numbers: [Int]

  private var isAttacked: Bool { !configuration.epsilons.isEmpty }

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Randomized smoothing: noise at inference", findings: findings,
      basis:
        "\(sample). Within the certified ℓ2 radius no perturbation changes the prediction, whatever the attack, except with "
        + "probability \(results.alpha) per certificate. Robust accuracy under an attack is an upper bound. Intervals: "
        + "Clopper–Pearson, 95 %, over images.",
      listing: listing)
    exhibits.chart(
      "figures/certified-accuracy",
      isAttacked
        ? "Certified accuracy by radius, and robust accuracy under attack (PGD, ℓ2)."
        : "Certified accuracy by radius.",
      alternative: "Curves of accuracy by ℓ2 radius; the numbers are in the table.", chart)
    exhibits.figure("figures/noise.png", "Images with the noise that the network classifies them under.") {
      try strip()
    }
    exhibits.table(
      "smoothing.csv", "Certified and robust accuracy by radius.", of: summaries, summaryColumns,
      isWhole: true)
    exhibits.table(
      "certified.csv", "Prediction and certificate of each image.",
      of: zip(results.levels, measured).flatMap { level, part in part.images.map { (level, $0) } },
      certifiedColumns, isForArticle: false)
    if isAttacked {
      exhibits.table(
        "attacked.csv", "Results of every attack on every image.", of: attacks, attackedColumns,
        isForArticle: false)
    }
    return exhibits
  }

  // MARK: Figures

  /// One for each level.
  static let roles: [Chart.Role] = [.random, .neurons, .other(0), .other(1), .other(2), .other(3)]
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

  private static func point(_ x: Double, _ proportion: Proportion) -> Chart.Point {
    Chart.Point(
      x: x, value: proportion.value ?? 0,
      interval: proportion.exactInterval().map { $0.lower...$0.upper })
  }

  /// A curve for each level, and one for the first network without noise.
  private var chart: Chart {
    let isOneNetwork = Set(results.levels.map(\.modelChecksum)).count == 1
    var curves = results.levels.enumerated().map { number, level in
      Chart.CertifiedCurve(
        name: isOneNetwork ? "σ = \(level.deviation)" : results.name(of: level),
        role: Self.roles[number % Self.roles.count],
        steps: level.certified.points.map { Chart.Point(x: $0.epsilon, value: $0.accuracy.value ?? 0) },
        attacked: level.attacks.isEmpty
          ? [] : [Self.point(0, level.right)] + level.attacks.map { Self.point($0.epsilon, $0.robust) })
    }
    if let first = results.levels.first, !first.attacks.isEmpty {
      curves.append(
        Chart.CertifiedCurve(
          name: isOneNetwork ? "no noise" : "\(results.modelName(of: first)), no noise", role: .control,
          attacked: [Self.point(0, first.base)] + first.attacks.map { Self.point($0.epsilon, $0.base) }))
    }
    let largest = results.levels.map(\.largestRadius).max() ?? 0
    let reach = max(largest, configuration.epsilons.max() ?? 0, 0.1) * 1.04
    return Chart.certifiedAccuracy(
      caption: caption(
        "Certified accuracy of randomized smoothing",
        "\(results.imageCount) of \(results.heldOutCount) held-out images, a random sample. Lines: certified accuracy by "
          + "radius; each certificate holds with probability at least \(Numbers.threeDigits(1 - results.alpha))."
          + (isAttacked
            ? " Marks: robust accuracy under attack (PGD, ℓ2), where abstaining counts as an error; Clopper–Pearson 95 % "
              + "intervals over images." : ""),
        [
          "\(results.selectionCount) + \(results.estimationCount) noisy copies of each image. A line falls to 0 at the radius of "
            + "an image whose copies all agree, the largest that so many copies certify."
            + (isAttacked
              ? " The attack gives an upper bound: \(configuration.stepCount) steps on the mean loss of "
                + "\(configuration.attackDrawCount) noisy copies; a stronger one can only lower the marks."
              : "")
        ]),
      curves: curves, largest: reach, axis: "ℓ2 radius, pixels in [0, 1]")
  }

  /// The first images of the sample: clean, then with one draw of each level's noise.
  private func strip() throws -> ImageStrip {
    let shown = Array(numbers.prefix(Self.shownCount))
    let clean = images.tensor(of: shown)
    var tiles: [ContactSheet.Tile] = []
    func append(_ pixels: Tensor, _ engine: Engine, _ words: String) throws {
      let predictions = Prediction.rows(of: try engine.logits(of: pixels))
      for (place, number) in shown.enumerated() {
        let label = predictions[place].label
        tiles.append(
          ContactSheet.Tile(
            image: Bitmap(
              planar: Array(pixels[row: place]), channels: images.shape.channels, height: images.shape.height,
              width: images.shape.width),
            caption: words, classIndex: label, isMisclassified: label != images.labels[number]))
      }
    }
    if let engine = engines.first { try append(clean, engine, "clean") }
    for (level, engine) in zip(results.levels, engines) {
      let noisy = SmoothedClassifier(
        engine, deviation: level.deviation, seed: results.seed
      ).noisyCopies(of: clean, imageIDs: shown)
      try append(noisy, engine, "σ \(level.deviation)")
    }
    return ImageStrip(
      caption: caption(
        "Images with the noise of randomized smoothing",
        "The clean image, and one noisy copy of it for each σ. Border: class predicted for the pixels shown; the smoothed "
          + "classifier returns the majority over \(results.estimationCount) copies.",
        [
          "Pixel values outside [0, 1] are clipped here but not for the network. The first \(shown.count) images of the "
            + "random sample, not cherry-picked."
        ]),
      classNames: images.classNames, tiles: tiles, columnCount: shown.count)
  }

  // MARK: Tables

  private var certifiedColumns: [TableColumn<(level: SmoothingResults.Level, image: SmoothedImage)>] {
    [
      TableColumn("model") { $0.level.modelName },
      TableColumn("sigma") { $0.level.deviation },
      TableColumn("image") { $0.image.imageID },
      TableColumn("label") { $0.image.label },
      TableColumn("prediction") { $0.image.certificate.leading },
      TableColumn("agreed") { $0.image.certificate.agreed.count },
      TableColumn("samples") { $0.image.certificate.agreed.total },
      TableColumn("lower_bound") { $0.image.certificate.lowerBound },
      TableColumn("radius") { $0.image.certificate.radius },
      TableColumn("abstained") { $0.image.certificate.radius == nil ? 1 : 0 },
      TableColumn("correct") { $0.image.certificate.label == $0.image.label ? 1 : 0 },
      TableColumn("base_prediction") { $0.image.basePrediction },
      TableColumn("votes_for_label") { $0.image.certificate.counts[$0.image.label] },
      TableColumn("model_checksum") { $0.level.modelChecksum },
    ]
  }

  private struct Attacked {
    let level: SmoothingResults.Level
    let epsilon: Double
    let image: SmoothedEvaluation.Image
    let certificate: SmoothedCertificate?
  }

  private var attacks: [Attacked] {
    zip(results.levels, measured).flatMap { level, part in
      let certificates = Dictionary(uniqueKeysWithValues: part.images.map { ($0.imageID, $0.certificate) })
      return part.attacks.flatMap { attack in
        attack.evaluation.images.map {
          Attacked(
            level: level, epsilon: attack.epsilon, image: $0, certificate: certificates[$0.imageID])
        }
      }
    }
  }

  private var attackedColumns: [TableColumn<Attacked>] {
    [
      TableColumn("model") { $0.level.modelName },
      TableColumn("sigma") { $0.level.deviation },
      TableColumn("epsilon") { $0.epsilon },
      TableColumn("image") { $0.image.imageID },
      TableColumn("label") { $0.image.label },
      TableColumn("distance") { $0.image.distance },
      TableColumn("certified_radius") { $0.certificate?.radius },
      TableColumn("answer") { $0.image.answer.label },
      TableColumn("p") { $0.image.answer.p },
      TableColumn("lost") { $0.image.isLost ? 1 : 0 },
      TableColumn("contradicts") { $0.certificate.map($0.image.violates) == true ? 1 : 0 },
      TableColumn("model_checksum") { $0.level.modelChecksum },
    ]
  }

  /// One level at one radius.
  private struct Summary {
    let level: SmoothingResults.Level
    /// nil: radius 0, without an attack.
    let attack: SmoothingResults.Attack?
  }

  private var summaries: [Summary] {
    results.levels.flatMap { level in
      [Summary(level: level, attack: nil)] + level.attacks.map { Summary(level: level, attack: $0) }
    }
  }

  private var summaryColumns: [TableColumn<Summary>] {
    func share(_ name: String, _ heading: String, _ share: @escaping (Summary) -> Proportion)
      -> [TableColumn<Summary>]
    {
      [
        TableColumn(name, article: heading) { share($0).count },
        TableColumn("\(name)_lower_95") { share($0).exactInterval()?.lower },
        TableColumn("\(name)_upper_95") { share($0).exactInterval()?.upper },
      ]
    }
    let head: [TableColumn<Summary>] = [
      TableColumn("model", article: "network") { $0.level.modelName },
      TableColumn("sigma", article: "$\\sigma$") { $0.level.deviation },
      TableColumn("training_noise") { $0.level.trainingNoise.field },
      TableColumn("radius", article: "$\\ell_2$ radius") { row -> any CSVValue in
        if let attack = row.attack { attack.epsilon } else { 0 }
      },
      TableColumn("images", article: "images") { _ in results.imageCount },
    ]
    let shares =
      share("certified", "certified") { $0.attack?.certified ?? $0.level.certified.accuracy(at: 0) }
      + share("robust", "robust") { $0.attack?.robust ?? $0.level.right }
      + share("base", "without noise") { $0.attack?.base ?? $0.level.base }
    return head + shares + [
      TableColumn("abstained") { ($0.attack?.abstained ?? $0.level.abstained).count },
      TableColumn("contradictions") { $0.attack?.violations.count },
      TableColumn("inside") { $0.attack?.violations.total },
      TableColumn("not_lost") {
        $0.attack?.notLost.count ?? $0.level.right.count + $0.level.abstained.count
      },
      TableColumn("model_checksum") { $0.level.modelChecksum },
    ]
  }
}
