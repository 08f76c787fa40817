import Datasets
import Inference
import Lab
import Tensors

/// How recipes of training stand corruptions and attacks.
public struct ShiftResults: Codable, Sendable {
  /// What is compared, of each network.
  public enum Measure: String, CaseIterable, Codable, Sendable {
    case clean
    case corrupted
    /// Under the corruptions that no recipe's training images had.
    case unseen
    case medianDistance
    case robust

    /// For headings.
    public var words: String {
      switch self {
      case .clean: "clean accuracy"
      case .corrupted: "accuracy under all corruptions"
      case .unseen: "accuracy under corruptions seen by none"
      case .medianDistance: "median distance in L2"
      case .robust: "robust accuracy"
      }
    }
  }

  /// One measure over the networks of a recipe.
  public struct Summary: Codable, Sendable {
    public var recipe: ShiftRecipe
    public var measure: Measure
    /// Over the networks that have a value.
    public var mean: MeanWithInterval?
    /// Less plain's, of the same seed: networks that began alike. nil for plain itself.
    public var difference: MeanWithInterval?
  }

  public var dataName: String
  public var architecture: String
  public var heldOutCount: Int
  public var imageCount: Int
  public var attackCount: Int
  public var epsilon: Double
  public var noise: Float
  public var seed: UInt64
  public var networks: [ShiftedNetwork]
  public var summaries: [Summary]
  /// Spearman's ρ of corrupted accuracy and median distance over all networks; nil where undefined.
  public var correlation: Double?
  /// The same of the recipes' means.
  public var correlationBetween: Double?
  /// The same of each network's differences from the means of its recipe.
  public var correlationWithin: Double?

  package init(
    dataName: String, heldOutCount: Int, imageCount: Int, networks: [ShiftedNetwork],
    _ configuration: ShiftExperiment.Configuration
  ) {
    self.dataName = dataName
    architecture =
      switch configuration.architecture {
      case .named(let name), .file(let name): name
      }
    self.heldOutCount = heldOutCount
    self.imageCount = imageCount
    attackCount = networks.first?.robust.total ?? 0
    epsilon = configuration.epsilon
    noise = configuration.noise
    seed = configuration.seed
    self.networks = networks
    let recipes = configuration.recipes
    summaries = recipes.flatMap { recipe in
      Measure.allCases.map { Summary(recipe: recipe, measure: $0, of: networks) }
    }

    let pairs = networks.compactMap { network in
      network.medianDistance.map { (recipe: network.recipe, accuracy: network.accuracy(), distance: $0) }
    }
    correlation = RankCorrelation.spearman(pairs.map(\.accuracy), pairs.map(\.distance))
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let groups = recipes.map { recipe in pairs.filter { $0.recipe == recipe } }.filter { !$0.isEmpty }
    correlationBetween = RankCorrelation.spearman(
      groups.map { mean($0.map(\.accuracy)) }, groups.map { mean($0.map(\.distance)) })
    let centred = groups.filter { $0.count > 1 }.flatMap { group in
      let (accuracy, distance) = (mean(group.map(\.accuracy)), mean(group.map(\.distance)))
      return group.map { (accuracy: $0.accuracy - accuracy, distance: $0.distance - distance) }
    }
    correlationWithin = RankCorrelation.spearman(centred.map(\.accuracy), centred.map(\.distance))
  }

  public func summary(_ recipe: ShiftRecipe, _ measure: Measure) -> Summary? {
    summaries.first { $0.recipe == recipe && $0.measure == measure }
  }

  package var recipes: [ShiftRecipe] {
    ShiftRecipe.allCases.filter { recipe in networks.contains { $0.recipe == recipe } }
  }
}

extension ShiftedNetwork {
  package func value(_ measure: ShiftResults.Measure) -> Double? {
    switch measure {
    case .clean: clean.value
    case .corrupted: accuracy()
    case .unseen: accuracy(under: ShiftRecipe.unseen)
    case .medianDistance: medianDistance
    case .robust: robust.value
    }
  }
}

extension ShiftResults.Summary {
  init(recipe: ShiftRecipe, measure: ShiftResults.Measure, of networks: [ShiftedNetwork]) {
    let own = networks.filter { $0.recipe == recipe }
    self.recipe = recipe
    self.measure = measure
    mean = MeanWithInterval(own.compactMap { $0.value(measure) })
    let differences = own.compactMap { network -> Double? in
      let plain = networks.first { $0.recipe == .plain && $0.seed == network.seed }
      guard let value = network.value(measure), let base = plain?.value(measure) else { return nil }
      return value - base
    }
    difference = recipe == .plain ? nil : MeanWithInterval(differences)
  }

  /// 1: above plain, −1: below, 0: the interval holds 0; nil: one pair has no interval.
  var side: Int? {
    guard let difference, difference.count > 1 else { return nil }
    // Differences that are all equal have no interval and tell nothing.
    guard let bounds = difference.interval95 else { return 0 }
    return bounds[0] > 0 ? 1 : bounds[1] < 0 ? -1 : 0
  }
}
