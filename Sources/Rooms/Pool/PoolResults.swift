import Adversarial
import Figures
import Foundation
import Lab
import Tensors

/// Several attacks on the same images of one network, and the best of them for each image.
public struct PoolResults: Codable, Equatable, Sendable {
  public struct Attack: Codable, Equatable, Sendable {
    public var entry: PoolEntry
    /// Not for a larger budget than the pool's, which is there for comparison.
    public var isInPool: Bool
    public var summary: EvaluationSummary
    /// Wilson's, of the success rate; nil when nothing could be attacked.
    public var successInterval95: [Double]?
    /// Of its successes, in the norm of the pool; nil without one.
    public var distances: DistortionSummary?
    /// Images for which the pool keeps this attack's: the nearest, and of several equally near the first. Within a
    /// budget all successes count alike, so these are the images that none of the attacks before it fooled.
    public var bestCount: Int?
    /// Images that it brought within 1 % of the smallest distance found, of those that the pool fooled; nil with a
    /// budget.
    public var nearBest: Proportion?
    /// ``AttackPool/localOptimality(ofAttack:)``; nil with a budget.
    public var optimality: Double?
    /// Wall-clock time, on whatever the machine was doing; of the run that measured it.
    public var seconds: Double

    public var name: String { entry.name }
  }

  /// Of each image the best of all attacks.
  public struct Best: Codable, Equatable, Sendable {
    public var success: Proportion
    public var successInterval95: [Double]?
    /// Images classified correctly after all attacks, of all images: an upper bound of what is true.
    public var robustAccuracy: Proportion
    public var robustInterval95: [Double]?
    /// Of the images kept; nil without a success.
    public var medianDistance: Double?
    public var meanDistance: Double?
  }

  public var dataName: String
  public var modelName: String
  public var modelChecksum: String
  /// Of the network for which transferred images were made.
  public var surrogateName: String?
  public var surrogateChecksum: String?
  public var norm: Norm
  /// nil: the smallest perturbation.
  public var epsilon: Float?
  public var goal: AttackGoal
  public var seed: UInt64
  /// Images shown, and of how many they were drawn.
  public var imageCount: Int
  public var heldOutCount: Int
  public var cleanAccuracy: Proportion
  /// In the order in which they ran.
  public var attacks: [Attack]
  public var best: Best
  /// Reasons to believe these numbers less.
  public var warnings: [String]

  /// What was asked, for headings.
  public var task: String {
    let aim =
      switch goal {
      case .untargeted: ""
      case .next: ", aimed at the next class"
      case .random: ", aimed at a random class"
      case .fixed(let name): ", aimed at \(name)"
      }
    return
      (epsilon.map { "\(norm) ≤ \(Numbers.epsilon($0))" }
      ?? "the smallest perturbation in \(norm)") + aim
  }

  /// Which images.
  public var sample: String {
    imageCount == heldOutCount
      ? "all \(heldOutCount) held-out images of \(dataName)"
      : "\(imageCount) of \(heldOutCount) held-out images of \(dataName), drawn at random"
  }
}

/// What the attacks of a pool left, image by image, and what follows from it.
struct PoolMaterial {
  let plan: PoolPlan
  /// In the order of `plan.all`.
  let parts: [PoolPart]
  let pool: AttackPool
  /// For each image the entry whose image is kept; nil where none succeeded or none had to.
  let winners: [Int?]

  init(plan: PoolPlan, parts: [PoolPart], norm: Norm) {
    self.plan = plan
    self.parts = parts
    let inside = parts.prefix(plan.entries.count)
    pool = AttackPool(inside.map { ($0.entry.name, $0.images) }, norm: norm)
    if plan.entries.first?.epsilon == nil {
      winners = pool.bestAttacks
    } else {
      winners = parts[0].images.indices.map { row in
        inside.indices.first { inside[$0].images[row].verdict == .succeeded }
      }
    }
  }

  /// Records of the first attack: who is skipped is the same for all.
  var images: [AttackedImage] { parts[0].images }

  /// Of the images kept: 0 where the network was wrong without help, ∞ where nothing succeeded.
  var keptDistances: [Double] {
    winners.enumerated().map { row, winner in
      winner.map { pool.distances(ofAttack: $0)[row] }
        ?? (images[row].verdict == .alreadyWrong ? 0 : .infinity)
    }
  }

  func summary(_ name: String) -> EvaluationSummary? {
    parts.first { $0.entry.name == name }?.summary
  }

  // MARK: Numbers

  func attacks() -> [PoolResults.Attack] {
    let best = pool.bestDistances
    let measure = pool.norm.measure
    let isMinimal = plan.entries.first?.epsilon == nil
    return parts.enumerated().map { index, part in
      let isInPool = index < plan.entries.count
      let summary = part.summary
      let distances = isInPool ? pool.distances(ofAttack: index) : []
      let fooled = isInPool ? best.indices.filter { best[$0].isFinite && best[$0] > 0 } : []
      return PoolResults.Attack(
        entry: part.entry, isInPool: isInPool, summary: summary,
        successInterval95: summary.success.interval95.map { [$0.lowerBound, $0.upperBound] },
        distances: DistortionSummary(of: part.images, measure: measure),
        bestCount: isInPool ? winners.count { $0 == index } : nil,
        nearBest: isMinimal
          ? Proportion(fooled.count { distances[$0] <= 1.01 * best[$0] }, of: fooled.count) : nil,
        optimality: isMinimal ? pool.localOptimality(ofAttack: index) : nil, seconds: part.seconds)
    }
  }

  func best() -> PoolResults.Best {
    let success = Proportion(winners.count { $0 != nil }, of: images.count { !$0.verdict.isSkipped })
    let robust = pool.robustAccuracy
    let distances = zip(winners, keptDistances).filter { $0.0 != nil }.map(\.1)
    return PoolResults.Best(
      success: success, successInterval95: success.interval95.map { [$0.lowerBound, $0.upperBound] },
      robustAccuracy: robust, robustInterval95: robust.interval95.map { [$0.lowerBound, $0.upperBound] },
      medianDistance: Statistics.median(distances),
      meanDistance: distances.isEmpty ? nil : distances.reduce(0, +) / Double(distances.count))
  }

  // MARK: Warnings

  /// What the attacks show beside each other. Each knows the same images and the same goal.
  ///
  /// - Parameter surrogateName: Of the network that transferred images were made for.
  func warnings(surrogateName: String?) -> [String] {
    var warnings: [String] = []
    let inside = parts.prefix(plan.entries.count)
    for part in inside where part.entry.followsGradient {
      warnings += EvaluationWarning.alone(part.summary).map {
        "\(part.entry.words): \($0.sentence)"
      }
    }
    guard plan.entries.first?.epsilon != nil else { return warnings }
    var comparisons: [EvaluationWarning?] = []
    if let white = strongestOfGradient {
      let whiteBox = (name: white.entry.words, summary: white.summary)
      if let part = inside.first(where: { $0.entry.role == .transferred }) {
        let method = part.entry.method.kind.rawValue
        comparisons.append(
          .blackBox(("\(method) on \(surrogateName ?? "another network")", part.summary), beside: whiteBox))
      }
      for part in inside where part.entry.method.kind.knowledge.isBlackBox {
        comparisons.append(.blackBox((part.entry.words, part.summary), beside: whiteBox))
      }
      if let noise = inside.first(where: { $0.entry.method.kind == .noise }) {
        comparisons.append(.noise(noise.summary, beside: whiteBox))
      }
    }
    comparisons += EvaluationWarning.steps(
      plan.steps.compactMap { rung in summary(rung.name).map { (rung.stepCount, $0) } })
    comparisons += EvaluationWarning.budgets(
      plan.budgets.compactMap { rung in summary(rung.name).map { (rung.epsilon, $0) } })
    return warnings + comparisons.compactMap { $0?.sentence }
  }

  /// Of the attacks in the pool that follow the gradient, the one with the most successes, of these the nearest by
  /// median.
  var strongestOfGradient: PoolPart? {
    let white = parts.prefix(plan.entries.count).filter(\.entry.followsGradient)
    func median(_ part: PoolPart) -> Double {
      Statistics.median(part.images.map { $0.adversarialDistance(in: pool.norm) }) ?? .infinity
    }
    return white.min {
      (-$0.summary.success.count, median($0)) < (-$1.summary.success.count, median($1))
    }
  }
}

extension PoolPart {
  var summary: EvaluationSummary { EvaluationSummary(of: images, cost: cost) }
}

extension Norm {
  fileprivate var measure: DistortionMeasure {
    switch self {
    case .l0: .l0
    case .l1: .l1
    case .l2: .l2
    case .linf: .linf
    }
  }
}

extension PoolResults.Attack: Checked {
  public func check() throws(CheckFailure) { try requireEnds(successInterval95, "successInterval95") }
}

extension PoolResults.Best: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(successInterval95, "successInterval95")
    try requireEnds(robustInterval95, "robustInterval95")
  }
}
