import Datasets
import Figures
import Images
import Lab
import Networks
import Storage
import Tensors

/// The findings, figures and tables of `intrigue shift`.
struct ShiftExhibits {
  let results: ShiftResults
  let provenance: Provenance
  /// The network that classifies the image shown.
  let engine: Engine
  let images: LabelledImages
  /// The number of the image that is shown under every corruption.
  let shownImage: Int

  private static let kindCount = Corruption.Kind.allCases.count
  private static let severityCount = ShiftedNetwork.severities.count

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Does robustness to domain shift bring robustness to attacks?", findings: results.findings,
      basis:
        "n = \(results.imageCount) of \(results.heldOutCount) held-out images of \(results.dataName), drawn at random, under "
        + "\(Self.kindCount) kinds of corruption at \(Self.severityCount) severities each; \(results.attackCount) of them attacked "
        + "by DDN, and within ℓ2 ≤ \(Numbers.plain(results.epsilon)) by projected gradient descent too. Intervals: Student's, "
        + "95 %, over networks; differences are between networks of the same seed.",
      listing: results.listing)
    exhibits.chart(
      "figures/shift-and-attack", "Accuracy under corruptions and distance of adversarial examples.",
      alternative: "A mark for each network; the table of networks has the numbers.", scatter)
    exhibits.chart(
      "figures/kinds", "Accuracy under each corruption.",
      alternative: "Accuracies by corruption; the table of corruptions has the numbers.", kinds)
    exhibits.figure("figures/corruptions.png", "One image under every corruption.") { try sheet() }
    exhibits.table(
      "recipes.csv", "Recipes, and their differences from plain.", of: results.summaries, recipeColumns,
      isWhole: true)
    exhibits.table("networks.csv", "All networks.", of: results.networks, networkColumns)
    exhibits.table(
      "corruptions.csv", "Every network under every corruption.",
      of: results.networks.flatMap { network in network.corrupted.map { (network, $0) } }, corruptionColumns,
      isForArticle: false)
    return exhibits
  }

  // MARK: Figures

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

  /// nil if no network has a median distance.
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
      caption: provenance.caption(
        "Robustness to corruptions and to attacks",
        "A mark for each network. Horizontal: mean accuracy under \(Self.kindCount) corruptions at \(Self.severityCount) severities, "
          + "\(results.imageCount) held-out images. Vertical: median ℓ2 distance of the nearest adversarial example found by DDN, "
          + "over the correctly classified ones of \(results.attackCount) attacked images.",
        [recipeWords]),
      clouds: clouds, across: "accuracy under corruptions, %", up: "median ℓ2 distance, pixels from 0 to 1"
    )
  }

  /// The accuracy under each kind, mean over severities, with Student's interval over networks.
  var kinds: Chart {
    let kinds = Corruption.Kind.allCases
    let networkCount = results.networks.count { $0.recipe == .plain }
    return Chart.classShares(
      caption: provenance.caption(
        "Accuracy under each corruption",
        "Mean over \(Self.severityCount) severities and the networks of a recipe, \(results.imageCount) held-out images. "
          + MeanSample(networkCount, "network").caption,
        [recipeWords]),
      classNames: kinds.map(\.words),
      series: results.recipes.map { recipe in
        Chart.ClassSeries(
          name: recipe.rawValue, role: Self.role(recipe),
          shares: kinds.map { kind in
            let values = results.networks.filter { $0.recipe == recipe }.map { $0.accuracy(under: [kind]) }
            let mean = MeanWithInterval(values)?.ofShares
            let value = mean?.mean ?? 0
            return .init(value: value, interval: mean?.range ?? value...value)
          })
      }, axis: "accuracy")
  }

  /// A row for each kind: the original image, then every severity.
  private func sheet() throws -> ImageStrip {
    let number = shownImage
    var tiles: [ContactSheet.Tile] = []
    for kind in Corruption.Kind.allCases {
      for severity in 0...Self.severityCount {
        let shown = images.tensor(
          of: [number], corruptedBy: Corruption(kind, severity: Double(severity)), seed: results.seed)
        let label = Prediction(logits: try engine.logits(of: shown)[row: 0]).label
        tiles.append(
          ContactSheet.Tile(
            image: Bitmap(shown.elements, of: images.shape),
            caption: severity == 0 ? kind.words : "\(severity)", classIndex: label,
            isMisclassified: label != images.labels[number]))
      }
    }
    let first = results.networks.first
    return ImageStrip(
      caption: provenance.caption(
        "One image under every corruption",
        "Rows: kinds of corruption. Columns: the original image, then severities 1 to \(Self.severityCount). Border and tag: class "
          + "predicted by the network \(first.map { "\($0.recipe.rawValue), seed \($0.seed)" } ?? "").",
        [
          "Held-out image \(number), the first of the random sample, not selected; its class: "
            + "\(images.classNames[images.labels[number]])."
        ]),
      classNames: images.classNames, tiles: tiles, columnCount: Self.severityCount + 1)
  }

  // MARK: Tables

  private var networkColumns: [TableColumn<ShiftedNetwork>] {
    [
      TableColumn("recipe", article: "recipe") { $0.recipe.rawValue },
      TableColumn("seed", article: "seed") { $0.seed },
      TableColumn("model_checksum") { $0.modelChecksum },
    ] + .counted("clean", article: (nil, nil, "clean")) { $0.clean } + [
      TableColumn("corrupted", article: "corrupted") { $0.accuracy() },
      TableColumn("unseen", article: "unseen corruptions") { $0.accuracy(under: ShiftRecipe.unseen) },
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
    // Accuracies lie in [0, 1], distances do not.
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
      TableColumn("difference", article: "difference from plain") { $0.difference?.mean },
      TableColumn("difference_lower_95", article: "from") { $0.difference?.interval95?[0] },
      TableColumn("difference_upper_95", article: "to") { $0.difference?.interval95?[1] },
    ]
  }
}
