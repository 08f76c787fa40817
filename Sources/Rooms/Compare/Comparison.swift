import Directions
import Inference
import Lab
import Networks
import Tensors

/// What several networks say together.
public struct Comparison: Codable, Sendable {
  /// One network in numbers, at the declared k.
  public struct Network: Codable, Sendable {
    public var number: Int
    public var modelChecksum: String
    public var correct: Proportion
    public var liveUnitCount: Int
    public var deadUnitCount: Int
    public var constantUnitCount: Int
    public var duplicateUnitCount: Int
    /// Among the live ones.
    public var alwaysOnUnitCount: Int
    /// T, the mean κ of the live units.
    public var neurons: Double
    /// Against its own rotations: Δ, their mean and deviation, p.
    public var rotationTest: MonteCarloTest
    /// Two-sided p of the rotation test.
    public var p: Double
    /// P(κ of a neuron > κ of a random direction) − P(<).
    public var cliffsDelta: CliffsDelta
    /// Units whose false discovery rate is below the level.
    public var namedUnitCount: Int
    /// How far another sample of as many images would move the difference between neurons and random directions.
    public var imageStandardError: Double?
  }

  /// One measure of the confirmatory family.
  public struct Opinion: Codable, Sendable {
    /// nil: label agreement, on which the verdict rests.
    public var measure: SecondOpinion.Measure?
    public var neurons: NetworkMean
    public var rotations: NetworkMean
    public var effect: NetworkMean
    /// Two-sided, of Student's test that the mean effect is 0; nil for one network.
    public var p: Double?
    /// Adjusted by Holm for the family.
    public var adjustedP: Double?
  }

  /// A step of the ladder.
  public struct Step: Codable, Sendable {
    public var control: Rung.Control
    public var kappa: NetworkMean
  }

  /// The same question for another size of the top sets.
  public struct Size: Codable, Sendable {
    public var topCount: Int
    public var neurons: NetworkMean
    public var rotations: NetworkMean
    public var effect: NetworkMean
  }

  /// Another family of directions.
  public struct Basis: Codable, Sendable {
    public var family: DirectionFamily
    public var isNegated: Bool
    public var kappa: NetworkMean
    /// Neurons less the family, both ranked in the same way.
    public var effect: NetworkMean
    /// Mean over the networks of the mean overlap of two top sets.
    public var meanJaccard: Double?
    /// In any network: all directions show the same few images, and agreement means little.
    public var isDegenerate: Bool
  }

  /// A share of the way from neurons to rotations of them.
  public struct Dose: Codable, Sendable {
    public var dose: Double
    public var kappa: NetworkMean
  }

  /// The question with one thing changed.
  public struct Change: Codable, Sendable {
    public var kind: Variation.Kind
    public var name: String
    public var layer: FeatureSpace
    public var imageCount: Int
    public var neurons: NetworkMean
    public var rotations: NetworkMean
    public var effect: NetworkMean
    /// Random directions through the untrained network.
    public var untrained: NetworkMean?
  }

  /// A measure of single directions, or of a basis, that no verdict rests on.
  public struct Metric: Codable, Sendable {
    public var name: String
    public var neurons: NetworkMean?
    public var random: NetworkMean?
  }

  public var protocolHash: String
  public var declared: ComparisonProtocol
  public var dataName: String
  public var imageCount: Int
  /// Copies that were left out.
  public var duplicateImageCount: Int
  public var layer: FeatureSpace
  public var networks: [Network]
  public var verdict: CoherenceVerdict
  /// Stouffer's combination of the networks' two-sided p: a footnote, which asks whether any network differs.
  public var combinedP: Double?
  /// Label agreement first.
  public var opinions: [Opinion]
  public var ladder: [Step]
  /// κ(random directions) / κ(neurons), means over networks; nil where κ(neurons) is not positive.
  public var shareExplained: Double?
  /// κ(random directions, trained) − κ(random directions through pixels).
  public var learningGain: Double
  public var sizes: [Size]
  public var bases: [Basis]
  public var doses: [Dose]
  public var changes: [Change]
  public var metrics: [Metric]
  public var basisMetrics: [Metric]

  /// - Parameter networks: At least one, measured under the same protocol.
  package init(
    protocolHash: String, declared: ComparisonProtocol, dataName: String, duplicateImageCount: Int,
    networks: [NetworkComparison]
  ) {
    self.protocolHash = protocolHash
    self.declared = declared
    self.dataName = dataName
    self.duplicateImageCount = duplicateImageCount
    let first = networks[0].comparison
    imageCount = first.imageCount
    layer = first.layer
    self.networks = networks.map { Network($0, level: declared.level) }
    verdict = CoherenceVerdict(
      differences: networks.map { $0.comparison.effect(of: 0) }, margin: declared.margin,
      significance: declared.level)
    let p = self.networks.map(\.p)
    combinedP = p.count > 1 ? StoufferCombination(p.map { min($0, 1 - 1e-12) }).p : nil
    opinions = Self.opinions(networks)
    let ladder = Rung.Control.allCases.map { control in
      Step(
        control: control,
        kappa: NetworkMean(
          networks.map { network in
            network.ladder.first { $0.control == control }!.means[0]  // every network climbs the whole ladder
          }))
    }
    self.ladder = ladder
    func mean(_ control: Rung.Control) -> Double { ladder.first { $0.control == control }!.kappa.mean }
    shareExplained = mean(.neurons) > 0 ? mean(.randomDirections) / mean(.neurons) : nil
    learningGain = mean(.randomDirections) - mean(.pixelDirections)
    sizes = first.topCounts.indices.map { place in
      Size(
        topCount: first.topCounts[place], neurons: NetworkMean(networks.map { $0.comparison.neurons[place] }),
        rotations: NetworkMean(networks.map { $0.comparison.nullMean(of: place) }),
        effect: NetworkMean(networks.map { $0.comparison.effect(of: place) }))
    }.sorted { $0.topCount < $1.topCount }
    bases = Self.bases(networks)
    doses = networks[0].doses.indices.map { place in
      Dose(dose: networks[0].doses[place].dose, kappa: NetworkMean(networks.map { $0.doses[place].mean }))
    }
    changes = Self.changes(networks)
    metrics = Self.metrics(networks.map(\.metrics))
    basisMetrics = Self.metrics(networks.map(\.basisMetrics))
  }

  private static func opinions(_ networks: [NetworkComparison]) -> [Opinion] {
    let first = networks[0].comparison
    let measures: [(SecondOpinion.Measure?, Int)] =
      [(nil, 0)] + first.opinions.map { ($0, first.place(of: $0)!) }
    let effects = measures.map { _, place in networks.map { $0.comparison.effect(of: place) } }
    let p = effects.compactMap { StudentInterval($0)?.twoSidedP() }
    let adjusted = MultipleTesting.holm(p)
    return measures.enumerated().map { index, measure in
      Opinion(
        measure: measure.0, neurons: NetworkMean(networks.map { $0.comparison.neurons[measure.1] }),
        rotations: NetworkMean(networks.map { $0.comparison.nullMean(of: measure.1) }),
        effect: NetworkMean(effects[index]), p: p.isEmpty ? nil : p[index],
        adjustedP: adjusted.isEmpty ? nil : adjusted[index])
    }
  }

  /// A family that could not be had in some networks is described by the others.
  private static func bases(_ networks: [NetworkComparison]) -> [Basis] {
    var order: [(DirectionFamily, Bool)] = []
    for basis in networks.flatMap(\.bases)
    where !order.contains(where: { $0 == (basis.family, basis.isNegated) }) {
      order.append((basis.family, basis.isNegated))
    }
    return order.map { family, isNegated in
      let rows = networks.flatMap(\.bases).filter { $0.family == family && $0.isNegated == isNegated }
      let jaccards = rows.compactMap(\.overlap.meanJaccard)
      return Basis(
        family: family, isNegated: isNegated, kappa: NetworkMean(rows.map { $0.means[0] }),
        effect: NetworkMean(rows.map { $0.neurons[0] - $0.means[0] }),
        meanJaccard: jaccards.isEmpty ? nil : jaccards.reduce(0, +) / Double(jaccards.count),
        isDegenerate: rows.contains(where: \.overlap.isDegenerate))
    }
  }

  private static func changes(_ networks: [NetworkComparison]) -> [Change] {
    var order: [(Variation.Kind, String)] = []
    for variation in networks.flatMap(\.variations)
    where !order.contains(where: { $0 == (variation.kind, variation.name) }) {
      order.append((variation.kind, variation.name))
    }
    return order.map { kind, name in
      let rows = networks.flatMap(\.variations).filter { $0.kind == kind && $0.name == name }
      let untrained = rows.compactMap(\.untrained)
      return Change(
        kind: kind, name: name, layer: rows[0].space, imageCount: rows[0].imageCount,
        neurons: NetworkMean(rows.map(\.neurons)), rotations: NetworkMean(rows.map(\.rotations)),
        effect: NetworkMean(rows.map(\.effect)),
        untrained: untrained.isEmpty ? nil : NetworkMean(untrained))
    }
  }

  private static func metrics(_ networks: [[NetworkComparison.Metric]]) -> [Metric] {
    networks[0].indices.map { index in
      func mean(_ values: [Double?]) -> NetworkMean? {
        let known = values.compactMap(\.self)
        return known.isEmpty ? nil : NetworkMean(known)
      }
      return Metric(
        name: networks[0][index].name, neurons: mean(networks.map { $0[index].neurons }),
        random: mean(networks.map { $0[index].random }))
    }
  }
}

extension Comparison.Network {
  fileprivate init(_ network: NetworkComparison, level: Double) {
    let comparison = network.comparison
    let test = comparison.test(of: 0)
    self.init(
      number: network.number, modelChecksum: network.modelChecksum, correct: network.correct,
      liveUnitCount: comparison.liveUnits.count, deadUnitCount: comparison.deadUnits.count,
      constantUnitCount: comparison.constantUnits.count,
      duplicateUnitCount: comparison.duplicateUnits.count,
      alwaysOnUnitCount: comparison.alwaysOnUnits.count, neurons: comparison.neurons[0], rotationTest: test,
      p: test.twoSidedP(),
      cliffsDelta: CliffsDelta(of: comparison.unitValues[0], over: network.randomAgreement[0]),
      namedUnitCount: network.units.count { $0.q <= level },
      imageStandardError: network.sampling?.standardError)
  }
}

extension Comparison: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(networks.count, "networks")
  }
}
