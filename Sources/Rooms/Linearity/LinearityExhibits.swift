import Datasets
import Figures
import Foundation
import Images
import Lab
import Networks
import Tensors

/// The findings, figures and tables of `intrigue linearity`.
struct LinearityExhibits {
  typealias Direction = LinearityExperiment.Direction

  let configuration: LinearityExperiment.Configuration
  let results: LinearityExperiment.Results
  let data: DataRecord
  let images: LabelledImages
  let engine: Engine
  /// A row for each image and direction.
  let rows: [MeasuredLines.Row]
  /// The largest |ε| of the fits in the rows, the visible part last.
  let ranges: [Double]
  let regressions: [LogisticRegression]

  private static let stripCount = 51

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "The linear explanation of adversarial examples", findings: results.sentences,
      basis:
        "n = \(results.measured.count) of \(results.measured.total) held-out images, a random sample, those classified "
        + "correctly. Quartiles are over these images; R²: of the logits along the line.",
      listing: LinearityFindings(configuration: configuration, results: results).listing)
    for direction in Direction.allCases {
      let name = Self.name(direction)
      exhibits.page(
        "figures/\(name).png", "Logits of one image along \(direction.words).",
        alternative: "Logits against ε, and the images on the line."
      ) { try page(direction, name) }
    }
    exhibits.chart(
      "figures/pieces", "Unexplained variance of piecewise-linear fits to the logits.",
      alternative: "1 − R² by number of segments; R² is in the listing.", pieces)
    exhibits.chart(
      "figures/local", "Relative error of the linear approximation.",
      alternative: "Relative error against the size of the step; the numbers are in the table.", local)
    let sizeBasis =
      "Networks trained at each image size, before and after training; the numbers of images are in the table."
    exhibits.chart(
      "figures/sizes", "Change of the margin by number of pixels.",
      alternative: "Change of the margin against the number of pixels; the numbers are in the table.",
      basis: sizeBasis, sizes)
    if let grid = weightGrid {
      exhibits.figure(
        "figures/weights.png",
        "Weights of two logistic regressions, trained on clean and on adversarial images.",
        alternative: "The weights of either as an image.",
        basis: results.pair.map { "Trained on \($0.trainingCount) images of two classes." }
      ) { grid }
    }
    exhibits.table(
      "local.csv", "Relative error of the linear approximation.", of: results.local, localColumns)
    if !results.sizes.isEmpty {
      exhibits.table(
        "sizes.csv", "Change of the margin at each image size.", of: results.sizes, sizeColumns,
        basis: sizeBasis)
    }
    exhibits.table(
      "lines.csv", "R² of the fits, and the ε between which the prediction stays correct, for each image.",
      of: rows, lineColumns)
    return exhibits
  }

  // MARK: Tables

  private var lineColumns: [TableColumn<MeasuredLines.Row>] {
    [
      TableColumn("image", article: "image") { $0.image },
      TableColumn("label") { $0.label },
      TableColumn("class", article: "class") { images.classNames[$0.label] },
      TableColumn("direction", article: "direction") { $0.direction.rawValue },
    ]
      + ranges.enumerated().flatMap { place, range in
        configuration.pieceCounts.map { count in
          TableColumn(
            "explained_\(count)_within_\(Numbers.plain(range))",
            article: place == ranges.count - 1 && count <= 3 ? LinearityFindings.segments(count) : nil
          ) { $0.explained[place][count - 1] }
        }
      } + [
        TableColumn("region_lower", article: "from") { $0.region.lower },
        TableColumn("region_upper", article: "to") { $0.region.upper },
        TableColumn("lower_is_open") { $0.region.lowerIsOpen },
        TableColumn("upper_is_open") { $0.region.upperIsOpen },
      ]
  }

  private var localColumns: [TableColumn<LinearityExperiment.LocalRow>] {
    [
      TableColumn("direction", article: "direction") { $0.direction.rawValue },
      TableColumn("epsilon", article: "epsilon") { $0.epsilon },
      TableColumn("images", article: "images") { $0.error?.count ?? 0 },
      TableColumn("lower_quartile", article: "lower quartile") { $0.error?.lower },
      TableColumn("median", article: "median") { $0.error?.median },
      TableColumn("upper_quartile", article: "upper quartile") { $0.error?.upper },
    ]
  }

  private var sizeColumns: [TableColumn<DimensionGrowth.Row>] {
    [
      TableColumn("network", article: "network") { $0.network },
      TableColumn("trained", article: "trained") { $0.isTrained },
      TableColumn("side", article: "side") { $0.side },
      TableColumn("pixels") { $0.pixelCount },
      TableColumn("correct", article: "correct") { $0.correct.count },
      TableColumn("images", article: "of") { $0.correct.total },
      TableColumn("gradient_change", article: "gradient sign") { $0.gradientChange.mean },
      TableColumn("lower_95", article: "from") { $0.gradientChange.range?.lowerBound },
      TableColumn("upper_95", article: "to") { $0.gradientChange.range?.upperBound },
      TableColumn("random_change", article: "random signs") { $0.randomChange },
      TableColumn("mean_slope", article: "mean slope") { $0.meanSlope },
    ]
  }

  // MARK: One image

  private static func name(_ direction: Direction) -> String {
    switch direction {
    case .gradient: "line"
    case .random: "line-random"
    }
  }

  /// The logits of one image on each range, and the images on the line.
  private func page(_ direction: Direction, _ name: String) throws -> Exhibits.Page {
    let number = results.figureImage
    let image = images.tensor(of: [number])
    let label = images.labels[number]
    let signs =
      switch direction {
      case .gradient: try SignDirections.ofGradient(image, labels: [label], classifier: engine)
      case .random:
        SignDirections.random(
          shape: image.shape, imageIDs: [number], seed: configuration.seed, purpose: "signs of lines")
      }
    let grids = LogitLines.grids(range: configuration.range, stepCount: configuration.stepCount)
    let lines = try grids.map {
      try LogitLines(
        images: image, directions: signs, labels: [label], epsilons: $0.epsilons, classifier: engine)
    }
    let isCorrect = lines[0].predictions(ofRow: 0)[lines[0].epsilons.count / 2] == label
    let region =
      isCorrect
      ? try CorrectRegion.regions(of: lines, images: image, directions: signs, classifier: engine).first
      : nil
    let about = "image \(number), class \(images.classNames[label]), along \(direction.symbol)"
    return Exhibits.Page(
      FigureCaption(title: "Logits on a straight line: \(about)", text: textPairs()),
      charts: zip(["\(name)-logits", "\(name)-near"], lines).map { ($0, chart($1, region, about)) },
      rows: [[("\(name)-images.png", try strip(image, signs, label, about))]])
  }

  private func chart(_ lines: LogitLines, _ region: CorrectRegion?, _ about: String) -> Chart {
    let values = lines.logits[0]
    let range = Numbers.plain(lines.epsilons.last ?? configuration.range)
    let found =
      region.map {
        "Tinted: predicted class \(images.classNames[lines.labels[0]]) around ε = 0, from "
          + "\(Numbers.threeDigits($0.lower)) to \(Numbers.threeDigits($0.upper)). "
      } ?? "Misclassified at ε = 0. "
    let ends = (lines.epsilons.first ?? 0, lines.epsilons.last ?? 0)
    return Chart.lines(
      caption: caption(
        title: "Logits for |ε| ≤ \(range): \(about)",
        subtitle: found + "R² of a piecewise-linear fit to the logits with 1, 2, 3, 5 segments: "
          + zip(1..., lines.explainedShares(ofRow: 0, pieceLimit: 5)).filter { $0.0 != 4 }
          .map { LinearityFindings.rSquared($0.1) }.joined(separator: ", ") + ".",
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
    _ image: Tensor, _ signs: Tensor, _ label: Int, _ about: String
  ) throws -> ImageStrip {
    let count = Self.stripCount
    let range = min(configuration.range, LogitLines.visibleRange)
    let epsilons = LogitLines.grid(range: range, stepCount: count)
    let lines = try LogitLines(
      images: image, directions: signs, labels: [label], epsilons: epsilons, classifier: engine)
    let predictions = lines.predictions(ofRow: 0)
    return ImageStrip(
      caption: caption(
        title: "The images on the line",
        subtitle:
          "\(about); \(predictions.count { $0 == label }) of \(count) are predicted as \(images.classNames[label]).",
        [
          "Border and tag: predicted class. Pixels are clipped to [0, 1] for display only; beyond ε = ±1 the clipped image "
            + "no longer changes."
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
        title: "Unexplained variance of piecewise-linear fits to the logits",
        subtitle:
          "1 − R² of the best fit with a given number of segments, over all logits along a line: mean over images with 95 % "
          + "interval.",
        [
          "\(configuration.stepCount) points on each range; breakpoints by dynamic programming, separately for each logit."
        ]),
      lines: results.lines.enumerated().flatMap { place, line in
        line.explained.enumerated().map { part, shares in
          Chart.Line(
            name: "\(line.direction.symbol), |ε| ≤ \(Numbers.plain(shares.range))",
            look: .role(part == 0 ? (place == 0 ? .neurons : .random) : .other(place == 0 ? 2 : 3)),
            points: zip(configuration.pieceCounts, shares.byPieces).map { count, share in
              Self.unexplained(share, pieces: count)
            })
        }
      }, across: .init("pieces", places: configuration.pieceCounts.map(Double.init)),
      up: .init("share of variance left (logarithmic)", isLogarithmic: true))
  }

  /// Values below 10⁻⁹ are drawn at 10⁻⁹, because less is rounding.
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
          name: direction.symbol, look: .role(direction == .gradient ? .neurons : .random),
          points: points)
    }
    guard !lines.isEmpty else { return nil }
    return Chart.lines(
      caption: caption(
        title: "Error of the linear approximation",
        subtitle:
          "‖f(x + r) − f(x) − J r‖ / ‖f(x + r) − f(x)‖ for r = ε d, f all logits: median and quartiles over images. "
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
        title: "Change of the margin by number of pixels",
        subtitle:
          "Steps of ‖r‖∞ = \(Numbers.plain(configuration.sizeEpsilon)) on images resized to each size; both axes "
          + "logarithmic.",
        [
          "Powers of n at fixed mean |∂m/∂x|, gradient sign and random signs: "
            + fixed.joined(separator: "; ")
            + ". Linear model: 1 and ½.",
          "\(min(configuration.sizeTrainingCount, data.trainingCount)) training images, \(configuration.sizeEpochCount) "
            + "\(configuration.sizeEpochCount == 1 ? "epoch" : "epochs"); measured on "
            + "held-out images that are classified correctly, counts in sizes.csv.",
        ],
        of: Set(results.sizes.map(\.network)).sorted(by: >).joined(separator: " and ")
          + ", trained on \(data.name) in each size"),
      lines: lines, across: .init("pixels n", isLogarithmic: true),
      up: .init("change of the margin", isLogarithmic: true))
  }

  private var weightGrid: SignedImageGrid? {
    guard let pair = results.pair, regressions.count == 2 else { return nil }
    let cells = zip(regressions, pair.models).map { model, numbers in
      SignedImageGrid.Cell(
        values: model.weights,
        note: "‖w‖₁ = \(Numbers.threeDigits(numbers.weightNorm))")
    }
    return SignedImageGrid(
      caption: caption(
        title: "Weights of logistic regression, \(pair.classNames[0]) vs \(pair.classNames[1])",
        subtitle:
          "\(signs(of: pair)) Errors on \(pair.models[0].cleanErrors.total) held-out images, clean and under FGSM, ℓ∞ ≤ "
          + "\(Numbers.plain(pair.epsilon)): "
          + pair.models.map { "\($0.cleanErrors.count) and \($0.adversarialErrors.count)" }.joined(
            separator: "; ") + ".",
        [
          "Left: trained on E ζ(−y(wᵀx + b)). Right: trained on E ζ(ε‖w‖₁ − y(wᵀx + b)). \(pair.trainingCount) training "
            + "images, \(configuration.pairStepCount) steps."
        ], of: "two logistic regressions, trained on \(data.name)"),
      columnNames: ["clean", "adversarial"], rows: [.init(name: "", cells: cells)],
      channels: images.shape.channels, height: images.shape.height, width: images.shape.width, scale: 6)
  }

  // MARK: Words

  /// The meaning of the colours of the weights; each channel of colour images has weights of its own.
  private func signs(of pair: LinearityExperiment.PairResults) -> String {
    images.shape.channels == 1
      ? "Red: evidence for \(pair.classNames[1])."
      : "Brighter than grey: evidence for \(pair.classNames[1]); darker: for \(pair.classNames[0]); by channel."
  }

  /// - Parameter networks: The networks that the figure shows instead of the model.
  private func caption(
    title: String, subtitle: String, _ footer: [String], of networks: String? = nil
  ) -> FigureCaption {
    let subject =
      networks.map { "\($0) · data" }
      ?? "\(results.modelName) on \(data.name): \(results.measured.count) of \(results.measured.total) held-out images, a "
      + "random sample, those classified correctly · model \(results.modelChecksum.prefix(8)), data"
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
