import Adversarial
import Datasets
import Figures
import Images
import Lab
import Networks
import Storage
import Tensors

/// The pictures of `intrigue pattern`, each with where it came from.
struct PatternFigures {
  let configuration: PatternExperiment.Configuration
  let results: PatternExperiment.Results
  let data: DataRecord
  let images: LabelledImages
  let materials: [PatternExperiment.Material]
  let universal: [Float]

  static let shownCount = 6

  /// - Parameter numbers: The held-out images; the first few are shown with the universal perturbation.
  func write(_ numbers: [Int], _ engine: Engine, in folder: RunFolder) throws {
    let figures = try folder.folder("figures")
    for material in materials {
      try means(material).write(to: figures.file("means-\(material.goal.rawValue).png"))
    }
    try spectrum.write(named: "spectrum", in: figures.url)
    try components.write(named: "components", in: figures.url)
    let (directions, universal) = (directions, universalGrid)
    try directions.write(to: figures.file("directions.png"))
    try universal.write(to: figures.file("universal.png"))
    let strip = try strip(Array(numbers.prefix(Self.shownCount)), engine)
    try strip.write(to: figures.file("universal-images.png"))
    let sums = results.goals.map { "\($0.goal.rawValue) \($0.success.count)" }.joined(separator: ", ")
    try FigurePage.write(
      FigureCaption(
        title: "Does the perturbation have a pattern? \(results.modelName) on \(data.name)",
        subtitle: "\(results.attack), perturbations: \(sums)", text: textPairs),
      charts: ["spectrum", "components"], rows: [[directions.drawn()], [universal.drawn(), strip.drawn()]],
      to: figures.file("pattern.png"))
  }

  private func means(_ material: PatternExperiment.Material) -> SignedImageGrid {
    let cells = material.set.pairMeans(classCount: images.classNames.count)
    return SignedImageGrid(
      caption: caption(
        title: "Mean perturbation of each pair of classes, \(material.goal.rawValue)",
        subtitle:
          "Rows: the true class. Columns: what the network says of the adversarial image. Below: how many images. "
          + "Blue: darker, red: lighter.",
        [
          "Hatched: no image. \(material.set.count) perturbations by \(results.attack), not rescaled before averaging."
        ]),
      columnNames: images.classNames,
      rows: zip(images.classNames, cells).map { name, row in
        .init(
          name: name, cells: row.map { cell in cell.map { .init(values: $0.mean, note: "n = \($0.count)") } })
      }, channels: images.shape.channels, height: images.shape.height, width: images.shape.width)
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
    for (material, role) in zip(materials, [Chart.Role.neurons, .other(0)]) {
      lines.append(line("perturbations, \(material.goal.rawValue)", material.spectrum, role))
    }
    if let first = materials.first {
      lines.append(line("images", first.imageSpectrum, .random))
      lines.append(line("noise", first.noiseSpectrum, .control))
    }
    return Chart.lines(
      caption: caption(
        title: "Power spectrum of perturbations, images and noise",
        subtitle:
          "Mean power per coefficient in rings of spatial frequency, each image's total set to that of white noise: 1.",
        [
          "\(materials.map { "\($0.set.count) \($0.goal.rawValue)" }.joined(separator: ", ")) perturbations; the clean images "
            + "of the first; noise of their norms. Ring 0 is the mean."
        ]),
      lines: lines, across: .init("waves across the image"), up: .init("power density", isLogarithmic: true))
  }

  var components: Chart {
    var lines: [Chart.Line] = []
    for (place, material) in materials.enumerated() {
      func line(_ name: String, _ components: PerturbationComponents, _ role: Chart.Role) -> Chart.Line {
        Chart.Line(
          name: name, look: .role(role),
          points: (1...min(100, components.shares.count)).map {
            Chart.Point(x: Double($0), value: components.explained(by: $0))
          }, hasMarks: false)
      }
      lines.append(
        line(
          "perturbations, \(material.goal.rawValue)", material.components, place == 0 ? .neurons : .other(0)))
      if place == 0 { lines.append(line("noise", material.noiseComponents, .control)) }
    }
    return Chart.lines(
      caption: caption(
        title: "How many directions do the perturbations share?",
        subtitle:
          "Share of the squared length of unit perturbations in the first k principal directions (about 0).",
        [
          "\(materials.map { "\($0.set.count) \($0.goal.rawValue)" }.joined(separator: ", ")) perturbations in "
            + "\(images.shape.pixelCount) pixels; noise: as many normal vectors."
        ]),
      lines: lines, across: .init("principal directions k (logarithmic)", isLogarithmic: true),
      up: .init("share explained"))
  }

  private var directions: SignedImageGrid {
    SignedImageGrid(
      caption: caption(
        title: "First principal directions of the perturbations",
        subtitle: "Unit vectors; below: share explained.", []),
      columnNames: (1...PatternExperiment.directionCount).map { "\($0)" },
      rows: materials.map { material in
        .init(
          name: material.goal.rawValue,
          cells: material.components.directions.enumerated().map { number, direction in
            .init(
              values: direction.map { Float($0) }, note: Numbers.percent(material.components.shares[number]))
          })
      }, channels: images.shape.channels, height: images.shape.height, width: images.shape.width)
  }

  private var universalGrid: SignedImageGrid {
    let made = results.universal
    return SignedImageGrid(
      caption: caption(
        title: "Universal perturbation",
        subtitle:
          "\(made.norm) ≤ \(Numbers.plain(made.radius)): fools \(PatternWords.of(made.fooledHeldOut)) held-out "
          + "images, noise \(PatternWords.of(made.fooledByNoise)).", []),
      columnNames: ["v"], rows: [.init(name: "", cells: [.init(values: universal)])],
      channels: images.shape.channels, height: images.shape.height, width: images.shape.width, scale: 4)
  }

  private func strip(_ numbers: [Int], _ engine: Engine) throws -> ImageStrip {
    let clean = images.tensor(of: numbers)
    let moved = UniversalPerturbation.applied(universal, to: clean)
    let tiles = try [clean, moved].flatMap { pixels in
      let predictions = Prediction.rows(of: try engine.logits(of: pixels))
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
        title: "Held-out images without and with it",
        subtitle:
          "Images \(numbers.map(String.init).joined(separator: ", ")): the first of the sample, not selected. Frame and "
          + "letter: the class the network names, with its confidence.", []),
      classNames: images.classNames, tiles: tiles, columnCount: numbers.count)
  }

  private func caption(title: String, subtitle: String, _ footer: [String]) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(results.modelName) on \(data.name): \(results.imageCount) held-out images drawn · model "
          + "\(results.modelChecksum.prefix(8)), data \(data.checksum.prefix(8)) · seed \(configuration.seed) · Intrigue "
          + RunEnvironment.toolVersion
      ] + data.remarkLines, text: textPairs)
  }

  private var textPairs: [FigureCaption.Pair] {
    [
      ("Data", data.name), ("Data checksum", data.checksum), ("Model", results.modelName),
      ("Model checksum", results.modelChecksum), ("Attack", results.attack),
      ("Seed", configuration.seed.description), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
    ].map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }
}
