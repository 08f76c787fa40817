import Datasets
import Figures
import Foundation
import Images
import Lab
import Networks
import Storage
import Tensors

/// The pictures of `intrigue linearity`, each with where it came from.
struct LinearityFigures {
  let configuration: LinearityExperiment.Configuration
  let results: LinearityExperiment.Results
  let data: DataRecord
  let images: LabelledImages

  static let stripCount = 51

  func write(_ engine: Engine, weights: [LogisticRegression], in folder: RunFolder) throws {
    let figures = try folder.folder("figures")
    try writeLine(engine, in: figures)
    try pieces.write(named: "pieces", in: figures.url)
    if let local { try local.write(named: "local", in: figures.url) }
    if let sizes { try sizes.write(named: "sizes", in: figures.url) }
    if let grid = weightGrid(weights) { try grid.write(to: figures.file("weights.png")) }
  }

  // MARK: One image

  /// Charts, strip, and all on one page.
  private func writeLine(_ engine: Engine, in figures: RunFolder) throws {
    let number = results.figureImage
    let image = images.tensor(of: [number])
    let label = images.labels[number]
    let random = SignDirections.random(
      shape: image.shape, imageIDs: [number], seed: configuration.seed, purpose: "signs of lines")
    let gradient = try SignDirections.ofGradient(image, labels: [label], classifier: engine)
    for (name, direction, signs) in [
      ("line", LinearityExperiment.Direction.gradient, gradient), ("line-random", .random, random),
    ] {
      let grids = LogitLines.grids(range: configuration.range, stepCount: configuration.stepCount)
      let lines = try grids.map {
        try LogitLines(
          images: image, directions: signs, labels: [label], epsilons: $0.epsilons, classifier: engine)
      }
      let isRight = lines[0].predictions(ofRow: 0)[lines[0].epsilons.count / 2] == label
      let region =
        isRight
        ? try CorrectRegion.regions(of: lines, images: image, directions: signs, classifier: engine).first
        : nil
      let about =
        "image \(number), class \(images.classNames[label]), along \(LinearityWords.name(direction))"
      let charts = ["\(name)-logits", "\(name)-near"]
      for (name, line) in zip(charts, lines) {
        try chart(line, region, about).write(named: name, in: figures.url)
      }
      let strip = try strip(image, signs, label, engine, about)
      try strip.write(to: figures.file("\(name)-images.png"))
      try FigurePage.write(
        FigureCaption(title: "Logits on a straight line: \(about)", text: textPairs()), charts: charts,
        rows: [[strip.drawn()]], to: figures.file("\(name).png"))
    }
  }

  func chart(_ lines: LogitLines, _ region: CorrectRegion?, _ about: String) -> Chart {
    let values = lines.logits[0]
    let range = Numbers.plain(lines.epsilons.last ?? configuration.range)
    let found =
      region.map {
        "Tinted: where the network says \(images.classNames[lines.labels[0]]) around ε = 0, from "
          + "\(Numbers.threeDigits($0.lower)) to \(Numbers.threeDigits($0.upper)). "
      } ?? "The network is wrong at ε = 0. "
    let ends = (lines.epsilons.first ?? 0, lines.epsilons.last ?? 0)
    return Chart.lines(
      caption: caption(
        title: "Logits for |ε| ≤ \(range): \(about)",
        subtitle: found + "Of the logits' variance 1, 2, 3, 5 straight pieces explain "
          + zip(1..., lines.explainedShares(ofRow: 0, pieceLimit: 5)).filter { $0.0 != 4 }
          .map { LinearityWords.share($0.1) }.joined(separator: ", ") + ".",
        [
          "x + ε d, \(lines.epsilons.count) points, not clipped to [0, 1]. After Goodfellow, Shlens, Szegedy (2015), figure 4."
        ]),
      lines: images.classNames.enumerated().map { label, name in
        Chart.Line(
          name: name, look: .classIndex(label),
          points: lines.epsilons.enumerated().map { step, epsilon in
            Chart.Point(x: epsilon, value: Double(values.elements[step * values.rowLength + label]))
          }, hasMarks: false)
      },
      across: .init("ε"), up: .init("logit"),
      band: region.map { max($0.lower, ends.0)...min($0.upper, ends.1) })
  }

  private func strip(
    _ image: Tensor, _ signs: Tensor, _ label: Int, _ engine: Engine,
    _ about: String
  ) throws -> ImageStrip {
    let count = Self.stripCount
    let range = min(configuration.range, LogitLines.visibleRange)
    let epsilons = LogitLines.grid(range: range, stepCount: count)
    let lines = try LogitLines(
      images: image, directions: signs, labels: [label], epsilons: epsilons, classifier: engine)
    let predictions = lines.predictions(ofRow: 0)
    return ImageStrip(
      caption: caption(
        title: "The images on the way",
        subtitle:
          "\(about); \(predictions.count { $0 == label }) of \(count) are taken for \(images.classNames[label]).",
        [
          "Frame and letter: the class the network names. Pixels are clipped to [0, 1] for display only; beyond ε = ±1 the "
            + "picture no longer changes."
        ]),
      classNames: images.classNames,
      tiles: epsilons.indices.map { step in
        let moved = image.moved(along: signs, by: epsilons[step])
        return ContactSheet.Tile(
          image: Bitmap(
            planar: moved.elements, channels: images.shape.channels, height: images.shape.height,
            width: images.shape.width),
          caption: String(format: "%.2f", epsilons[step]).replacing("-", with: "−"),
          classIndex: predictions[step],
          isMisclassified: predictions[step] != label)
      }, columnCount: 17)
  }

  // MARK: All images

  var pieces: Chart {
    Chart.lines(
      caption: caption(
        title: "How many straight pieces do the logits have?",
        subtitle:
          "Share of the logits' variance along a line that the best so many pieces leave unexplained, mean with 95 % interval.",
        [
          "\(configuration.stepCount) points on each range; breakpoints by dynamic programming, for each logit its own."
        ]),
      lines: results.lines.enumerated().flatMap { place, line in
        line.explained.enumerated().map { part, shares in
          Chart.Line(
            name: "\(LinearityWords.name(line.direction)), |ε| ≤ \(Numbers.plain(shares.range))",
            look: .role(part == 0 ? (place == 0 ? .neurons : .random) : .other(place == 0 ? 2 : 3)),
            points: zip(configuration.pieceCounts, shares.byPieces).map { count, share in
              Self.unexplained(share, pieces: count)
            })
        }
      }, across: .init("pieces", places: configuration.pieceCounts.map(Double.init)),
      up: .init("share of variance left (logarithmic)", isLogarithmic: true))
  }

  /// Shares below 10⁻⁹ are drawn there: less is rounding.
  private static func unexplained(_ share: MeanWithInterval, pieces: Int) -> Chart.Point {
    func left(_ explained: Double) -> Double { max(1 - explained, 1e-9) }
    return Chart.Point(
      x: Double(pieces), value: left(share.mean),
      interval: share.range.map { left($0.upperBound)...left($0.lowerBound) })
  }

  var local: Chart? {
    let lines = LinearityExperiment.Direction.allCases.compactMap { direction -> Chart.Line? in
      let points = results.local.filter { $0.direction == direction }.compactMap { row in
        row.error.map { Chart.Point(x: row.epsilon, value: $0.median, interval: $0.lower...$0.upper) }
      }
      return points.isEmpty
        ? nil
        : Chart.Line(
          name: LinearityWords.name(direction), look: .role(direction == .gradient ? .neurons : .random),
          points: points)
    }
    guard !lines.isEmpty else { return nil }
    return Chart.lines(
      caption: caption(
        title: "How far does the derivative reach?",
        subtitle:
          "‖f(x + r) − f(x) − J r‖ / ‖f(x + r) − f(x)‖ for r = ε d, f all logits: median and quartiles. "
          + "0: linear.", ["Not clipped to [0, 1]."]),
      lines: lines, across: .init("ε (logarithmic)", isLogarithmic: true),
      up: .init("relative error of the derivative"))
  }

  var sizes: Chart? {
    var lines: [Chart.Line] = []
    let looks: [String: (Int, Int)] = ["softmax": (0, 3), "mlp": (1, 2)]
    for network in ["softmax", "mlp"] {
      let rows = results.sizes.filter { $0.network == network && $0.isTrained }
      guard !rows.isEmpty, rows.allSatisfy({ $0.gradientChange.mean > 0 && $0.randomChange > 0 }),
        let slopes = results.slopes.first(where: { $0.network == network && $0.isTrained }),
        let look = looks[network]
      else { continue }
      let power = { (value: Double) in Numbers.threeDigits(value) }
      lines.append(
        Chart.Line(
          name: "\(network), gradient: n^\(power(slopes.gradient))", look: .role(.other(look.0)),
          points: rows.map {
            Chart.Point(x: Double($0.pixelCount), value: $0.gradientChange.mean)
          }))
      lines.append(
        Chart.Line(
          name: "\(network), random: n^\(power(slopes.random))", look: .role(.other(look.1)),
          points: rows.map { Chart.Point(x: Double($0.pixelCount), value: $0.randomChange) }))
    }
    guard !lines.isEmpty else { return nil }
    let fixed = results.slopes.filter(\.isTrained).map {
      "\($0.network): \(Numbers.threeDigits($0.gradientAtFixedSlope)) and \(Numbers.threeDigits($0.randomAtFixedSlope))"
    }
    return Chart.lines(
      caption: caption(
        title: "The same step in more dimensions",
        subtitle:
          "Change of the margin at ‖r‖∞ = \(Numbers.plain(configuration.sizeEpsilon)), images resized; "
          + "both axes logarithmic.",
        [
          "Powers of n at a fixed mean |∂m/∂x|, gradient and random signs: " + fixed.joined(separator: "; ")
            + ". Linear argument: 1 and ½.",
          "\(min(configuration.sizeTrainingCount, data.trainingCount)) training images, \(configuration.sizeEpochCount) "
            + "\(configuration.sizeEpochCount == 1 ? "epoch" : "epochs"); judged on "
            + "held-out images that are classified correctly, counts in sizes.csv.",
        ],
        of: Set(results.sizes.map(\.network)).sorted(by: >).joined(separator: " and ")
          + ", trained on \(data.name) in each size"),
      lines: lines, across: .init("pixels n", isLogarithmic: true),
      up: .init("change of the margin", isLogarithmic: true))
  }

  private func weightGrid(_ models: [LogisticRegression]) -> SignedImageGrid? {
    guard let pair = results.pair, models.count == 2 else { return nil }
    let cells = zip(models, pair.models).map { model, numbers in
      SignedImageGrid.Cell(
        values: model.weights,
        note: "‖w‖₁ = \(Numbers.threeDigits(numbers.weightNorm))")
    }
    return SignedImageGrid(
      caption: caption(
        title: "Weights of \(pair.classNames[0]) against \(pair.classNames[1])",
        subtitle:
          "\(signs(of: pair)) Wrong of \(pair.models[0].cleanErrors.total) held-out "
          + "images, clean and at ε = \(Numbers.plain(pair.epsilon)): "
          + pair.models.map { "\($0.cleanErrors.count) and \($0.adversarialErrors.count)" }.joined(
            separator: "; ") + ".",
        [
          "Left: E ζ(−y(wᵀx + b)). Right: E ζ(ε‖w‖₁ − y(wᵀx + b)). \(pair.trainingCount) training images, "
            + "\(configuration.pairStepCount) steps."
        ], of: "two logistic regressions, trained on \(data.name)"),
      columnNames: ["clean", "adversarial"], rows: [.init(name: "", cells: cells)],
      channels: images.shape.channels, height: images.shape.height, width: images.shape.width, scale: 6)
  }

  // MARK: Words

  /// What the colours of the weights mean: of images with colours of their own each channel has its weights.
  private func signs(of pair: LinearityExperiment.PairResults) -> String {
    images.shape.channels == 1
      ? "Red speaks for \(pair.classNames[1])."
      : "Brighter than grey speaks for \(pair.classNames[1]), darker for \(pair.classNames[0]), channel by channel."
  }

  /// - Parameter networks: What the figure shows if that is not the model.
  private func caption(
    title: String, subtitle: String, _ footer: [String], of networks: String? = nil
  ) -> FigureCaption {
    let subject =
      networks.map { "\($0) · data" }
      ?? "\(results.modelName) on \(data.name): \(results.measured.count) of \(results.measured.total) held-out images "
      + "drawn, those classified correctly · model \(results.modelChecksum.prefix(8)), data"
    return FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(subject) \(data.checksum.prefix(8)) · seed \(configuration.seed) · Intrigue \(RunEnvironment.toolVersion)"
      ] + data.remarkLines,
      text: textPairs(of: networks))
  }

  private func textPairs(of networks: String? = nil) -> [FigureCaption.Pair] {
    let model =
      networks.map { [("Networks", $0)] }
      ?? [("Model", results.modelName), ("Model checksum", results.modelChecksum)]
    return
      ([("Data", data.name), ("Data checksum", data.checksum)] + model + [
        ("Seed", configuration.seed.description), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
      ]).map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }
}
