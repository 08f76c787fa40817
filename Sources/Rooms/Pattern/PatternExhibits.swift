import Adversarial
import Datasets
import Figures
import Images
import Lab
import Networks
import Tensors

/// The findings, figures and tables of `intrigue pattern`.
struct PatternExhibits {
  typealias Perturbations = PatternExperiment.Perturbations

  let configuration: PatternExperiment.Configuration
  let results: PatternExperiment.Results
  let data: DataRecord
  let images: LabelledImages
  /// The attacked held-out images; the first few are shown with the universal perturbation.
  let numbers: [Int]
  let evidence: PatternExperiment.Evidence

  private static let shownCount = 6

  var exhibits: Exhibits {
    let made = results.universal
    var exhibits = Exhibits(
      title: "Structure of adversarial perturbations", findings: results.sentences,
      basis:
        "n = \(results.imageCount) held-out images, a random sample; attack: \(configuration.method.words), on "
        + results.goals.map { "\($0.success.total) images (\($0.goal.rawValue))" }.joined(separator: " and ")
        + ". Means and cosines are over the successes, beside noise of the same norms. The universal "
        + "perturbation was computed from \(made.fooledOwn.total) training images and evaluated on "
        + "\(made.fooledHeldOut.total) held-out images.",
      listing: PatternFindings(configuration: configuration, results: results, images: images).listing)
    exhibits.page(
      "figures/pattern.png",
      "Power spectrum, principal directions and universal perturbation.",
      alternative: "Several panels; their numbers are in the findings and the tables.", page)
    exhibits.figure(
      "figures/universal-images.png", "Held-out images without and with the universal perturbation.",
      alternative: "Images, and the same images with the universal perturbation added.", strip)
    for perturbations in evidence.perturbations {
      exhibits.figure(
        "figures/means-\(perturbations.goal.rawValue).png",
        "Mean perturbation of each pair of classes, \(perturbations.goal.rawValue).", isForArticle: false
      ) { means(perturbations) }
    }
    exhibits.table("cosines.csv", "Cosines between perturbations.", of: cosineRows, cosineColumns)
    exhibits.table(
      "universal.csv", "Images fooled by the universal perturbation.", of: foolingRows, foolingColumns)
    exhibits.table("pairs.csv", "Pairs of true and predicted class.", of: pairRows, pairColumns)
    exhibits.table(
      "spectrum.csv", "Power spectra by ring of spatial frequency.", of: spectrumRows, spectrumColumns,
      isForArticle: false)
    exhibits.table(
      "components.csv", "Share of squared length in the first principal directions.", of: componentRows,
      componentColumns, isForArticle: false)
    exhibits.cite(.moosavi2017universal)
    return exhibits
  }

  // MARK: Tables

  private typealias CosineRow = (goal: PatternExperiment.Goal, of: String, summary: CosineSummary)

  private var cosineRows: [CosineRow] {
    results.goals.flatMap { goal in
      goal.cosines.map { (goal.goal, "perturbations", $0) }
        + goal.noiseCosines.map { (goal.goal, "noise", $0) }
    }
  }

  private var cosineColumns: [TableColumn<CosineRow>] {
    [
      TableColumn("goal", article: "goal") { $0.goal.rawValue },
      TableColumn("of", article: "of") { $0.of },
      TableColumn("kind", article: "classes", isIdentifier: true) { $0.summary.kind.rawValue },
      TableColumn("pairs", article: "pairs") { $0.summary.pairCount },
      TableColumn("images", article: "images") { $0.summary.cosine.count },
      TableColumn("mean", article: "mean") { $0.summary.cosine.mean },
      TableColumn("lower_95", article: "from") { $0.summary.cosine.range?.lowerBound },
      TableColumn("upper_95", article: "to") { $0.summary.cosine.range?.upperBound },
    ]
  }

  private typealias FoolingRow = (of: String, images: String, fooled: Proportion)

  private var foolingRows: [FoolingRow] {
    let made = results.universal
    return [
      ("universal", "own", made.fooledOwn), ("universal", "held out", made.fooledHeldOut),
      ("noise", "held out", made.fooledByNoise),
    ]
  }

  private var foolingColumns: [TableColumn<FoolingRow>] {
    [
      TableColumn("of", article: "perturbation") { $0.of },
      TableColumn("images", article: "images") { $0.images },
      TableColumn("fooled", article: "fooled") { $0.fooled.count },
      TableColumn("total", article: "of") { $0.fooled.total },
    ]
  }

  private typealias PairRow = (goal: PatternExperiment.Goal, label: Int, prediction: Int, count: Int)

  private var pairRows: [PairRow] {
    evidence.perturbations.flatMap { perturbations in
      perturbations.set.pairMeans(classCount: images.classNames.count).enumerated().flatMap { label, row in
        row.enumerated().compactMap { prediction, cell -> PairRow? in
          cell.map { (perturbations.goal, label, prediction, $0.count) }
        }
      }
    }
  }

  private var pairColumns: [TableColumn<PairRow>] {
    let names = images.classNames
    return [
      TableColumn("goal", article: "goal") { $0.goal.rawValue },
      TableColumn("label") { $0.label },
      TableColumn("class", article: "true class") { names[$0.label] },
      TableColumn("prediction") { $0.prediction },
      TableColumn("predicted_class", article: "predicted class") { names[$0.prediction] },
      TableColumn("images", article: "images") { $0.count },
    ]
  }

  private typealias SpectrumRow = (
    goal: PatternExperiment.Goal, of: String, spectrum: RadialSpectrum, ring: Int
  )

  private var spectrumRows: [SpectrumRow] {
    evidence.perturbations.flatMap { perturbations in
      perturbations.spectra.flatMap { name, spectrum in
        spectrum.powerShares.indices.map { (perturbations.goal, name, spectrum, $0) }
      }
    }
  }

  private var spectrumColumns: [TableColumn<SpectrumRow>] {
    [
      TableColumn("goal") { $0.goal.rawValue },
      TableColumn("of") { $0.of },
      TableColumn("count") { $0.spectrum.count },
      TableColumn("ring") { $0.ring },
      TableColumn("coefficients") { $0.spectrum.coefficientShares[$0.ring] },
      TableColumn("power") { $0.spectrum.powerShares[$0.ring] },
      TableColumn("density") { $0.spectrum.densities[$0.ring] },
    ]
  }

  private typealias ComponentRow = (perturbations: Perturbations, count: Int)

  private var componentRows: [ComponentRow] {
    evidence.perturbations.flatMap { perturbations in
      (1...perturbations.components.shares.count).map { (perturbations, $0) }
    }
  }

  private var componentColumns: [TableColumn<ComponentRow>] {
    [
      TableColumn("goal") { $0.perturbations.goal.rawValue },
      TableColumn("components") { $0.count },
      TableColumn("perturbations") { $0.perturbations.components.explained(by: $0.count) },
      TableColumn("noise") { $0.perturbations.noiseComponents.explained(by: $0.count) },
    ]
  }

  // MARK: Figures

  private func page() throws -> Exhibits.Page {
    let sums = results.goals.map { "\($0.goal.rawValue) \($0.success.count)" }.joined(separator: ", ")
    return Exhibits.Page(
      FigureCaption(
        title: "Structure of adversarial perturbations: \(results.modelName) on \(data.name)",
        subtitle: "\(configuration.method.words), perturbations: \(sums)", text: textPairs),
      charts: [("spectrum", spectrum), ("components", components)],
      rows: [[("directions.png", directions)], [("universal.png", universal), (nil, try strip())]])
  }

  private func means(_ perturbations: Perturbations) -> SignedImageGrid {
    let cells = perturbations.set.pairMeans(classCount: images.classNames.count)
    return SignedImageGrid(
      caption: caption(
        title: "Mean perturbation of each pair of classes, \(perturbations.goal.rawValue)",
        subtitle:
          "Rows: true class. Columns: predicted class of the adversarial image. Below: number of images. Blue: darker, "
          + "red: lighter.",
        [
          "Hatched: no image. \(perturbations.set.count) perturbations by \(configuration.method.words), not rescaled "
            + "before averaging."
        ]),
      columnNames: images.classNames,
      rows: zip(images.classNames, cells).map { name, row in
        .init(
          name: name, cells: row.map { cell in cell.map { .init(values: $0.mean, note: "n = \($0.count)") } })
      }, channels: images.shape.channels, height: images.shape.height, width: images.shape.width)
  }

  /// The numbers of perturbations: `979 untargeted, 970 targeted`.
  private var counts: String {
    evidence.perturbations.map { "\($0.set.count) \($0.goal.rawValue)" }.joined(separator: ", ")
  }

  var spectrum: Chart {
    var lines: [Chart.Line] = []
    func line(_ name: String, _ spectrum: RadialSpectrum, _ role: Chart.Role) -> Chart.Line {
      Chart.Line(
        name: name, look: .role(role),
        points: spectrum.densities.enumerated().filter { $0.element > 0 }.map {
          Chart.Point(x: Double($0.offset), value: $0.element)
        })
    }
    for (perturbations, role) in zip(evidence.perturbations, [Chart.Role.neurons, .other(0)]) {
      lines.append(line("perturbations, \(perturbations.goal.rawValue)", perturbations.spectrum, role))
    }
    if let first = evidence.perturbations.first {
      lines.append(line("images", first.imageSpectrum, .random))
      lines.append(line("noise", first.noiseSpectrum, .control))
    }
    return Chart.lines(
      caption: caption(
        title: "Power spectrum of perturbations, images and noise",
        subtitle:
          "Mean power per coefficient in rings of spatial frequency, relative to white noise of the same total power.",
        [
          "\(counts) perturbations; the clean images; noise with the norms of the former. Ring 0 is the mean."
        ]),
      lines: lines, across: .init("waves across the image"), up: .init("power density", isLogarithmic: true))
  }

  var components: Chart {
    var lines: [Chart.Line] = []
    for (place, perturbations) in evidence.perturbations.enumerated() {
      func line(_ name: String, _ components: PerturbationComponents, _ role: Chart.Role) -> Chart.Line {
        Chart.Line(
          name: name, look: .role(role),
          points: (1...min(100, components.shares.count)).map {
            Chart.Point(x: Double($0), value: components.explained(by: $0))
          }, hasMarks: false)
      }
      lines.append(
        line(
          "perturbations, \(perturbations.goal.rawValue)", perturbations.components,
          place == 0 ? .neurons : .other(0)))
      if place == 0 { lines.append(line("noise", perturbations.noiseComponents, .control)) }
    }
    return Chart.lines(
      caption: caption(
        title: "Principal directions of the perturbations",
        subtitle:
          "Share of the squared length of unit perturbations in the first k principal directions (uncentred).",
        [
          "\(counts) perturbations of \(images.shape.pixelCount) pixels; noise: Gaussian vectors, "
            + "as many as \(results.goals.first?.goal.rawValue ?? "untargeted") perturbations."
        ]),
      lines: lines, across: .init("principal directions k (logarithmic)", isLogarithmic: true),
      up: .init("share explained"))
  }

  private var directions: SignedImageGrid {
    SignedImageGrid(
      caption: caption(
        title: "First principal directions of the perturbations",
        subtitle: "Unit vectors; below: share of the squared length.", []),
      columnNames: (1...PatternExperiment.directionCount).map { "\($0)" },
      rows: evidence.perturbations.map { perturbations in
        .init(
          name: perturbations.goal.rawValue,
          cells: perturbations.components.directions.enumerated().map { number, direction in
            .init(
              values: direction.map { Float($0) },
              note: Numbers.percent(perturbations.components.shares[number]))
          })
      }, channels: images.shape.channels, height: images.shape.height, width: images.shape.width)
  }

  private var universal: SignedImageGrid {
    let made = results.universal
    return SignedImageGrid(
      caption: caption(
        title: "Universal perturbation",
        subtitle:
          "\(PatternFindings.budget(made)): fooling rate \(made.fooledHeldOut.share(of: "held-out images")); noise of the "
          + "same norm: \(made.fooledByNoise.share()).", []),
      columnNames: ["v"], rows: [.init(name: "", cells: [.init(values: evidence.universal)])],
      channels: images.shape.channels, height: images.shape.height, width: images.shape.width, scale: 4)
  }

  private func strip() throws -> ImageStrip {
    let numbers = Array(numbers.prefix(Self.shownCount))
    let clean = images.tensor(of: numbers)
    let moved = UniversalPerturbation.applied(evidence.universal, to: clean)
    let tiles = try [clean, moved].flatMap { pixels in
      let predictions = Prediction.rows(of: try evidence.engine.logits(of: pixels))
      return numbers.indices.map { row in
        ContactSheet.Tile(
          image: Bitmap(
            planar: Array(pixels[row: row]), channels: images.shape.channels, height: images.shape.height,
            width: images.shape.width),
          caption: Numbers.percent(predictions[row].confidence), classIndex: predictions[row].label,
          isMisclassified: predictions[row].label != images.labels[numbers[row]])
      }
    }
    return ImageStrip(
      caption: caption(
        title: "Held-out images without and with the universal perturbation",
        subtitle:
          "Images \(numbers.map(String.init).joined(separator: ", ")): the first of the random sample, not cherry-picked. "
          + "Border and tag: predicted class; percentage: confidence.", []),
      classNames: images.classNames, tiles: tiles, columnCount: numbers.count)
  }

  private func caption(title: String, subtitle: String, _ footer: [String]) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(results.modelName) on \(data.name): \(results.imageCount) held-out images, a random sample · model "
          + "\(results.modelChecksum.prefix(8)), data \(data.checksum.prefix(8)) · seed \(configuration.seed) · Intrigue "
          + RunEnvironment.toolVersion
      ] + data.remarkLines, text: textPairs)
  }

  private var textPairs: [FigureCaption.Pair] {
    [
      ("Data", data.name), ("Data checksum", data.checksum), ("Model", results.modelName),
      ("Model checksum", results.modelChecksum), ("Attack", configuration.method.words),
      ("Seed", configuration.seed.description), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
    ].map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }
}
