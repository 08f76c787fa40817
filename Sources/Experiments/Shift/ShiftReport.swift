import Datasets
import Figures
import Images
import Inference
import Networks
import Storage
import Tensors

/// Tables and figures of `intrigue shift`; docs/shift.md names the columns.
struct ShiftReport {
  let configuration: ShiftExperiment.Configuration
  let results: ShiftResults
  let data: DataRecord

  /// - Parameters:
  ///   - engine: Says what it takes the corrupted images for.
  ///   - number: The image that is shown.
  func write(_ engine: Engine?, images: LabelledImages, number: Int, in folder: RunFolder) throws {
    try networkTable.write(to: folder.file("networks.csv"))
    try corruptionTable.write(to: folder.file("corruptions.csv"))
    try recipeTable.write(to: folder.file("recipes.csv"))
    let figures = try folder.folder("figures")
    if let engine {
      try sheet(engine, images, number).write(to: figures.file("corruptions.png"))
    }
    if let scatter {
      try scatter.write(named: Self.scatterName, in: figures.url)
    } else {
      try figures.removeChart(Self.scatterName)
    }
    try kinds.write(named: "kinds", in: figures.url)
  }

  private static let scatterName = "shift-and-attack"

  // MARK: Figures

  private func caption(_ title: String, _ subtitle: String, _ footer: [String] = []) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: footer + [
        "\(results.architecture) on \(data.name), data \(data.checksum.prefix(8)); networks of the seeds "
          + "\(configuration.seeds.map(\.description).joined(separator: ", ")); images and corruptions seed \(results.seed) · "
          + "Intrigue \(RunEnvironment.toolVersion)"
      ] + data.remarkLines,
      text: [
        .init(key: "Data", value: data.name), .init(key: "Data checksum", value: data.checksum),
        .init(key: "Seed", value: "\(results.seed)"),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }

  private static func role(_ recipe: ShiftRecipe) -> Chart.Role {
    switch recipe {
    case .plain: .control
    case .moved: .random
    case .noise: .neurons
    case .scenes: .other(1)
    case .domains: .other(0)
    }
  }

  private var recipeWords: String {
    results.recipes.map { $0.words(noise: results.noise) }.joined(separator: "; ") + "."
  }

  /// nil where no network has a distance.
  var scatter: Chart? {
    let clouds = results.recipes.map { recipe in
      Chart.Cloud(
        name: recipe.rawValue, role: Self.role(recipe),
        points: results.networks.filter { $0.recipe == recipe }.compactMap { network in
          network.medianDistance.map { Chart.Point(x: 100 * network.accuracy(), value: $0) }
        })
    }
    guard clouds.contains(where: { !$0.points.isEmpty }) else { return nil }
    return Chart.scatter(
      caption: caption(
        "Does resistance to shift bring resistance to attack?",
        "A mark for each network. Across: mean accuracy under \(Corruption.Kind.allCases.count) corruptions at 5 severities, "
          + "\(results.imageCount) held-out images. Up: median L2 distance to the nearest adversarial image that DDN found, "
          + "of the \(results.attackCount) attacked images those that are right when clean.",
        [recipeWords]),
      clouds: clouds, across: "accuracy under corruptions, %", up: "median distance in L2, pixels from 0 to 1"
    )
  }

  /// Accuracy under each kind, mean over severities, with Student's interval over networks.
  var kinds: Chart {
    let kinds = Corruption.Kind.allCases
    return Chart.classShares(
      caption: caption(
        "What each recipe stands",
        "Accuracy under each corruption, mean over 5 severities and the networks of a recipe; bars: Student's 95 % interval "
          + "over \(configuration.networkCount) networks"
          + (configuration.networkCount < 2 ? ", of which one has none" : "")
          + ". \(results.imageCount) held-out images.",
        [recipeWords]),
      classNames: kinds.map(\.words),
      series: results.recipes.map { recipe in
        Chart.ClassSeries(
          name: recipe.rawValue, role: Self.role(recipe),
          shares: kinds.map { kind in
            let values = results.networks.filter { $0.recipe == recipe }.map { $0.accuracy(under: [kind]) }
            let mean = values.reduce(0, +) / Double(values.count)
            let interval = StudentInterval.interval(ofMeanOf: values)
            // An accuracy lies in [0, 1], where Student's interval need not end.
            return .init(
              value: mean,
              interval: max(0, interval?.lower ?? mean)...min(1, interval?.upper ?? mean))
          })
      }, axis: "accuracy")
  }

  /// A row for each kind: the image as it is, then at every severity.
  private func sheet(_ engine: Engine, _ images: LabelledImages, _ number: Int) throws -> ImageStrip {
    let shape = images.shape
    var tiles: [ContactSheet.Tile] = []
    for kind in Corruption.Kind.allCases {
      for severity in 0...5 {
        let shown = images.tensor(
          of: [number], corruptedBy: Corruption(kind, severity: Double(severity)), seed: results.seed)
        let label = Prediction(logits: try engine.logits(of: shown)[row: 0]).label
        tiles.append(
          ContactSheet.Tile(
            image: Bitmap(
              planar: shown.elements, channels: shape.channels, height: shape.height, width: shape.width),
            caption: severity == 0 ? kind.words : "\(severity)", classIndex: label,
            isMisclassified: label != images.labels[number]))
      }
    }
    let first = results.networks.first
    return ImageStrip(
      caption: caption(
        "One image under every corruption",
        "A row for each kind: the image as it is, then severities 1 to 5. Framed in the colour of the class that the network "
          + "\(first.map { "\($0.recipe.rawValue), seed \($0.seed)," } ?? "") takes it for.",
        [
          "Held-out image \(number), the first of those drawn, not selected; its class: \(images.classNames[images.labels[number]])."
        ]),
      classNames: images.classNames, tiles: tiles, columnCount: 6)
  }

  // MARK: Tables

  var networkTable: CSVWriter {
    var table = CSVWriter(
      columns: ["recipe", "seed", "model_checksum"] + CSVWriter.columns(counted: "clean")
        + ["corrupted", "unseen", "median_l2", "never_fooled"] + CSVWriter.columns(counted: "robust")
        + ["zero_gradients"])
    for network in results.networks {
      table.append(
        [network.recipe.rawValue, network.seed, network.modelChecksum]
          + CSVWriter.fields(counted: network.clean)
          + [
            network.accuracy(), network.accuracy(under: ShiftRecipe.unseen),
            network.medianDistance, network.distances.count { $0 == nil },
          ] + CSVWriter.fields(counted: network.robust) + [network.zeroGradientCount])
    }
    return table
  }

  var corruptionTable: CSVWriter {
    var table = CSVWriter(
      columns: ["recipe", "seed", "kind", "severity", "seen"] + CSVWriter.columns(counted: "right"))
    for network in results.networks {
      for corrupted in network.corrupted {
        table.append(
          [
            network.recipe.rawValue, network.seed, corrupted.kind.rawValue, corrupted.severity,
            network.recipe.seen.contains(corrupted.kind) ? 1 : 0,
          ] + CSVWriter.fields(counted: corrupted.right))
      }
    }
    return table
  }

  var recipeTable: CSVWriter {
    var table = CSVWriter(columns: [
      "recipe", "measure", "networks", "mean", "lower_95", "upper_95", "pairs", "difference",
      "difference_lower_95",
      "difference_upper_95",
    ])
    func fields(_ mean: MeanWithInterval?) -> [any CSVValue] {
      [
        mean?.count, mean?.mean, mean?.interval95?[0],
        mean?.interval95?[1],
      ]
    }
    for summary in results.summaries {
      let mean = summary.measure == .medianDistance ? summary.mean : summary.mean?.ofShares
      table.append(
        [summary.recipe.rawValue, summary.measure.rawValue] + fields(mean)
          + fields(summary.difference))
    }
    return table
  }
}
