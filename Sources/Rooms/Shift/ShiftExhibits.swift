import Datasets
import Figures
import Images
import Inference
import Lab
import Networks
import Storage
import Tensors

/// What `intrigue shift` leaves to read and to look at.
struct ShiftExhibits {
  let configuration: ShiftExperiment.Configuration
  let results: ShiftResults
  let data: DataRecord
  /// The network that classifies the image shown.
  let engine: Engine
  let images: LabelledImages
  /// The number of the image that is shown under every corruption.
  let shownImage: Int

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Does resistance to domain shift bring resistance to attack?",
      findings: [results.head] + results.findings,
      basis:
        "n = \(results.imageCount) of \(results.heldOutCount) held-out images of \(results.dataName), drawn at random, under "
        + "\(Corruption.Kind.allCases.count) corruptions at \(ShiftedNetwork.severities.count) severities each; "
        + "\(results.attackCount) of them attacked by DDN, and within L2 \(results.epsilon) by projected gradient descent. "
        + "Intervals: Student's, 95 %, over networks; differences are of networks of one seed.",
      listing: results.listing)
    exhibits.chart(
      "figures/shift-and-attack", "Accuracy under corruptions and distance under attack.",
      alternative: "A mark for each network; the numbers are in the table of networks.", scatter)
    exhibits.chart(
      "figures/kinds", "Accuracy under each corruption.",
      alternative: "Shares by corruption; the numbers are in the table of corruptions.", kinds)
    exhibits.figure("figures/corruptions.png", "One image under every corruption.") { try sheet() }
    exhibits.table(
      "recipes.csv", "Recipes, and their differences from plain.", of: results.summaries, recipeColumns,
      isWhole: true)
    exhibits.table("networks.csv", "The networks one by one.", of: results.networks, networkColumns)
    exhibits.table(
      "corruptions.csv", "Every network under every corruption.",
      of: results.networks.flatMap { network in network.corrupted.map { (network, $0) } }, corruptionColumns,
      isForArticle: false)
    return exhibits
  }

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
  private func sheet() throws -> ImageStrip {
    let (shape, number) = (images.shape, shownImage)
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

  private var networkColumns: [TableColumn<ShiftedNetwork>] {
    [
      TableColumn("recipe", article: "recipe") { $0.recipe.rawValue },
      TableColumn("seed", article: "seed") { $0.seed },
      TableColumn("model_checksum") { $0.modelChecksum },
    ] + .counted("clean", article: (nil, nil, "clean")) { $0.clean } + [
      TableColumn("corrupted", article: "corrupted") { $0.accuracy() },
      TableColumn("unseen", article: "seen by none") { $0.accuracy(under: ShiftRecipe.unseen) },
      TableColumn("median_l2", article: "median distance") { $0.medianDistance },
      TableColumn("never_fooled") { $0.distances.count { $0 == nil } },
    ] + .counted("robust", article: (nil, nil, "robust")) { $0.robust } + [
      TableColumn("zero_gradients") { $0.zeroGradientCount }
    ]
  }

  private var corruptionColumns: [TableColumn<(network: ShiftedNetwork, corrupted: ShiftedNetwork.Corrupted)>]
  {
    [
      TableColumn("recipe") { $0.network.recipe.rawValue },
      TableColumn("seed") { $0.network.seed },
      TableColumn("kind") { $0.corrupted.kind.rawValue },
      TableColumn("severity") { $0.corrupted.severity },
      TableColumn("seen") { $0.network.recipe.seen.contains($0.corrupted.kind) ? 1 : 0 },
    ] + .counted("right") { $0.corrupted.right }
  }

  private var recipeColumns: [TableColumn<ShiftResults.Summary>] {
    // An accuracy lies in [0, 1], where Student's interval need not end.
    func mean(_ summary: ShiftResults.Summary) -> MeanWithInterval? {
      summary.measure == .medianDistance ? summary.mean : summary.mean?.ofShares
    }
    return [
      TableColumn("recipe", article: "recipe") { $0.recipe.rawValue },
      TableColumn("measure", article: "measure", isIdentifier: true) { $0.measure.rawValue },
      TableColumn("networks") { mean($0)?.count },
      TableColumn("mean", article: "mean") { mean($0)?.mean },
      TableColumn("lower_95", article: "from") { mean($0)?.interval95?[0] },
      TableColumn("upper_95", article: "to") { mean($0)?.interval95?[1] },
      TableColumn("pairs") { $0.difference?.count },
      TableColumn("difference", article: "less plain") { $0.difference?.mean },
      TableColumn("difference_lower_95", article: "from") { $0.difference?.interval95?[0] },
      TableColumn("difference_upper_95", article: "to") { $0.difference?.interval95?[1] },
    ]
  }
}
