import Inference
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
  }

  /// A step of the ladder, mean over the networks.
  public struct Step: Codable, Sendable {
    public var control: Rung.Control
    public var kappas: [Double]
    public var mean: Double
    /// 95 %, over networks; nil for one network.
    public var interval: ConfidenceInterval?
  }

  /// The same question for another size of the top sets.
  public struct Size: Codable, Sendable {
    public var topCount: Int
    public var neurons: [Double]
    public var rotations: [Double]
    public var effects: [Double]
    public var mean: Double
    public var interval: ConfidenceInterval?
  }

  public var protocolHash: String
  public var declared: ComparisonProtocol
  public var dataName: String
  public var imageCount: Int
  public var layer: FeatureSpace
  public var networks: [Network]
  public var verdict: CoherenceVerdict
  /// Stouffer's combination of the networks' two-sided p: a footnote, which asks whether any network differs.
  public var combinedP: Double?
  public var ladder: [Step]
  /// κ(random directions) / κ(neurons), means over networks; nil where κ(neurons) is not positive.
  public var shareExplained: Double?
  /// κ(random directions, trained) − κ(random directions through pixels).
  public var learningGain: Double
  public var sizes: [Size]

  init(
    protocolHash: String, declared: ComparisonProtocol, dataName: String, networks: [NetworkComparison]
  ) {
    self.protocolHash = protocolHash
    self.declared = declared
    self.dataName = dataName
    imageCount = networks[0].comparison.imageCount
    layer = networks[0].comparison.layer
    self.networks = networks.map { network in
      let comparison = network.comparison
      let test = comparison.test(atSize: 0)
      return Network(
        number: network.number, modelChecksum: network.modelChecksum, correct: network.correct,
        liveUnitCount: comparison.liveUnits.count, deadUnitCount: comparison.deadUnits.count,
        constantUnitCount: comparison.constantUnits.count, neurons: comparison.neurons[0],
        rotationTest: test, p: test.twoSidedP(),
        cliffsDelta: CliffsDelta(of: comparison.unitAgreement[0], over: network.randomAgreement[0]),
        namedUnitCount: network.units.count { $0.q <= declared.level })
    }
    verdict = CoherenceVerdict(
      differences: networks.map { $0.comparison.effect(atSize: 0) }, margin: declared.margin,
      significance: declared.level)
    let p = self.networks.map(\.p)
    combinedP = p.count > 1 ? StoufferCombination(p.map { min($0, 1 - 1e-12) }).p : nil
    let ladder = Rung.Control.allCases.map { control in
      let kappas = networks.map { network in
        network.ladder.first { $0.control == control }!.means[0]  // every network climbs the whole ladder
      }
      return Step(
        control: control, kappas: kappas, mean: kappas.reduce(0, +) / Double(kappas.count),
        interval: StudentInterval(kappas)?.interval())
    }
    self.ladder = ladder
    func mean(_ control: Rung.Control) -> Double { ladder.first { $0.control == control }!.mean }
    shareExplained = mean(.neurons) > 0 ? mean(.randomDirections) / mean(.neurons) : nil
    learningGain = mean(.randomDirections) - mean(.pixelDirections)
    sizes = networks[0].comparison.topCounts.indices.map { place in
      let effects = networks.map { $0.comparison.effect(atSize: place) }
      let sample = StudentInterval(effects)
      return Size(
        topCount: networks[0].comparison.topCounts[place],
        neurons: networks.map { $0.comparison.neurons[place] },
        rotations: networks.map { $0.comparison.nullMean(atSize: place) }, effects: effects,
        mean: effects.reduce(0, +) / Double(effects.count), interval: sample?.interval())
    }.sorted { $0.topCount < $1.topCount }
  }

  /// The verdict and what must stand beside it, a line each.
  public var lines: [String] {
    let excluded = networks.map { $0.deadUnitCount + $0.constantUnitCount }
    let live = networks.map(\.liveUnitCount)
    var lines = [
      "protocol \(protocolHash.prefix(12)): κ of the top \(declared.topCount) of \(imageCount) "
        + "\(declared.split.words) of \(dataName), \(layer.words)",
      "\(networks.count) \(networks.count == 1 ? "network" : "networks"), \(Self.range(live)) live units, "
        + "\(Self.range(excluded)) left out as dead or constant; \(declared.rotationCount) rotations each",
      "",
      "verdict: \(verdict.wording)",
      verdict.sentence,
      "",
      "where it comes from (mean κ over the networks; 0: random images, 1: one class)",
    ]
    let width = Rung.Control.allCases.map(\.words.count).max()!
    for step in ladder {
      let words = step.control.words + String(repeating: " ", count: width - step.control.words.count)
      lines.append("  \(words)  \(Self.number(step.mean))\(Self.words(step.interval))")
    }
    if let shareExplained {
      lines.append(
        "random directions keep \(Int((100 * shareExplained).rounded())) % of the neurons' agreement; "
          + "learning adds \(Self.number(learningGain)) to random directions through pixels")
    }
    lines += ["", "for other k (difference of the mean κ, neurons less rotations)"]
    for size in sizes {
      let mark = size.topCount == declared.topCount ? "  declared" : ""
      lines.append(
        "  k = \(size.topCount)\(String(repeating: " ", count: 4 - String(size.topCount).count))"
          + "\(Self.number(size.mean, signed: true))\(Self.words(size.interval))\(mark)")
    }
    return lines
  }

  private static func range(_ counts: [Int]) -> String {
    let (low, high) = (counts.min()!, counts.max()!)
    return low == high ? "\(low)" : "\(low) to \(high)"
  }

  static func number(_ value: Double, signed: Bool = false) -> String {
    let digits = String((abs(value) * 1000).rounded() / 1000 + 1e-9).prefix(5)
    let sign = value < -0.0005 ? "−" : signed ? "+" : " "
    return sign + digits
  }

  private static func words(_ interval: ConfidenceInterval?) -> String {
    interval.map { "  [\(number($0.lower)), \(number($0.upper))]" } ?? ""
  }
}
