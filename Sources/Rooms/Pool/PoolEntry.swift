import Adversarial
import Attacks
import Figures
import Lab
import Tensors

/// One attack of a pool: a row of its tables, and a file of its own once it has run.
public struct PoolEntry: Codable, Equatable, Sendable {
  /// Why the attack is in the pool.
  public enum Role: String, Codable, Sendable {
    /// It was asked for.
    case asked
    /// A white-box attack, for comparison with black-box attacks.
    case reference
    /// PGD with another number of steps: more steps must not be weaker.
    case steps
    /// PGD with another budget: a larger budget must not be weaker.
    case budgets
    /// Its adversarial examples are made for the surrogate.
    case transferred
  }

  /// The name for files and columns: `pgd`, `pgd-10-steps`.
  public let name: String
  public let method: AttackMethod
  /// nil: the smallest perturbation.
  public let epsilon: Float?
  public let role: Role

  /// The name for readers: `pgd, 10 steps`.
  public var words: String {
    switch role {
    case .asked: name
    case .reference: "\(name), white-box, for comparison"
    case .transferred: "\(method.card.name), transferred from another network"
    case .steps: "pgd, \((method.settings as? PGDSettings)?.stepCount ?? 0) steps"
    case .budgets: "\(method.card.name), ε = \(epsilon.map(Numbers.epsilon) ?? "∞")"
    }
  }

  /// Whether it uses the gradient of the network attacked.
  var followsGradient: Bool { method.card.access == .whiteBox && role != .transferred }
}

/// All attacks of a pool, in the order in which they run and stand in tables.
struct PoolPlan {
  /// The attacks within the budget, or for the smallest perturbation, from which the best result for each image is kept.
  private(set) var entries: [PoolEntry]
  /// The attack with a larger budget, for the comparison of budgets only; it runs last.
  private(set) var larger: PoolEntry?
  /// The numbers of steps and the budgets that are compared, with the names of their entries.
  private(set) var steps: [(stepCount: Int, name: String)] = []
  private(set) var budgets: [(epsilon: Double, name: String)] = []

  /// Designed to transfer: Dong et al. (2018).
  static let transferred = AttackMethod(MIFGSMSettings())
  static let stepCounts = [10, 40, 100]
  /// PGD's default number of steps is part of both comparisons.
  private static let usualStepCount = 40

  init(_ configuration: PoolExperiment.Configuration) {
    entries = configuration.methods.map { card in
      let method = AttackMethod(defaultsOf: card)
      return PoolEntry(
        name: card.name,
        method: configuration.queryLimit.map { method.limited(toQueries: $0) } ?? method,
        epsilon: configuration.epsilon, role: .asked)
    }
    if let reference = configuration.reference {
      entries.append(
        PoolEntry(
          name: reference.name, method: AttackMethod(defaultsOf: reference),
          epsilon: configuration.epsilon, role: .reference))
    }
    guard let epsilon = configuration.epsilon else { return }
    if configuration.surrogate != nil {
      entries.append(
        PoolEntry(
          name: "transferred", method: Self.transferred, epsilon: epsilon,
          role: .transferred))
    }
    let usual = entries.contains { $0.name == "pgd" } ? "pgd" : "pgd-\(Self.usualStepCount)-steps"
    for count in Self.stepCounts {
      let name = count == Self.usualStepCount ? usual : "pgd-\(count)-steps"
      steps.append((count, name))
      if name != "pgd" {
        entries.append(
          PoolEntry(name: name, method: Self.pgd(stepCount: count), epsilon: epsilon, role: .steps))
      }
    }
    let half = epsilon / 2
    entries.append(
      PoolEntry(
        name: "pgd-half-epsilon", method: Self.pgd(stepCount: Self.usualStepCount), epsilon: half,
        role: .budgets))
    budgets = [(Double(half), "pgd-half-epsilon"), (Double(epsilon), usual)]
    // No pixel can move further than from black to white.
    let double = configuration.norm == .linf ? min(2 * epsilon, 1) : 2 * epsilon
    if double > epsilon {
      larger = PoolEntry(
        name: "pgd-double-epsilon", method: Self.pgd(stepCount: Self.usualStepCount), epsilon: double,
        role: .budgets)
      budgets.append((Double(double), "pgd-double-epsilon"))
    }
  }

  var all: [PoolEntry] { entries + (larger.map { [$0] } ?? []) }

  private static func pgd(stepCount: Int) -> AttackMethod {
    AttackMethod(PGDSettings { $0.stepCount = stepCount })
  }
}
