import Datasets
import Inference
import Lab
import Tensors

/// The robustness of training recipes to corruptions and attacks.
public struct ShiftResults: Codable, Sendable {
  /// A measure by which networks are compared.
  package enum Measure: String, CaseIterable, Codable, Sendable {
    case clean
    case corrupted
    /// Mean accuracy under the corruptions that no recipe's training images had.
    case unseen
    case medianDistance
    case robust
  }

  /// One measure over the networks of a recipe.
  package struct Summary: Codable, Sendable {
    package var recipe: ShiftRecipe
    package var measure: Measure
    /// The mean over the networks that have a value.
    package var mean: MeanWithInterval?
    /// The difference from plain's network of the same seed, which started from the same weights; nil for plain itself.
    package var difference: MeanWithInterval?
  }

  package var dataName: String
  package var architecture: String
  package var heldOutCount: Int
  package var imageCount: Int
  package var attackCount: Int
  package var epsilon: Double
  package var noise: Float
  package var seed: UInt64
  package var networks: [ShiftedNetwork]
  package var summaries: [Summary]
  /// Spearman's ρ between corrupted accuracy and median distance over all networks; nil if undefined.
  package var correlation: Double?
  /// The same for the recipes' means.
  package var correlationBetween: Double?
  /// The same for each network's differences from the means of its recipe.
  package var correlationWithin: Double?

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

  package func summary(_ recipe: ShiftRecipe, _ measure: Measure) -> Summary? {
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

  /// 1 if the interval is above 0, −1 if it is below, 0 if it contains 0; nil for a single pair, which has none.
  var side: Int? {
    guard let difference, difference.count > 1 else { return nil }
    // Equal differences have no interval and decide nothing.
    guard let bounds = difference.interval95 else { return 0 }
    return bounds[0] > 0 ? 1 : bounds[1] < 0 ? -1 : 0
  }
}
