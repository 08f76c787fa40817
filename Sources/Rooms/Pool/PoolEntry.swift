import Adversarial
import Figures
import Lab
import Tensors

/// One attack of a pool: a row of its tables, and a file of its own as soon as it has run.
public struct PoolEntry: Codable, Equatable, Sendable {
  /// What it is in the pool for.
  public enum Role: String, Codable, Sendable {
    case asked
    /// Knows the gradient, and shows beside black-box attacks what can be had with it.
    case reference
    /// Another number of steps, beside which longer attacks must not be weaker.
    case steps
    /// Another budget, beside which larger ones must not be weaker.
    case budgets
    /// Made for the surrogate.
    case transferred
  }

  /// Fit for a file and a column: `pgd`, `pgd-10-steps`.
  public let name: String
  public let method: AttackMethod
  /// nil: the smallest perturbation.
  public let epsilon: Float?
  public let role: Role

  /// For readers: `pgd, 10 steps`.
  public var words: String {
    switch (role, method) {
    case (.asked, _): return name
    case (.reference, _): return "\(name), for comparison"
    case (.transferred, _): return "\(method.kind.rawValue), made for another network"
    case (.steps, .projectedGradientDescent(let steps, _, _, _)): return "pgd, \(steps) steps"
    case (.steps, _), (.budgets, _):
      let budget = epsilon.map(Numbers.epsilon) ?? "∞"
      return "\(method.kind.rawValue), ε = \(budget)"
    }
  }

  /// Whether it follows the gradient of the network attacked.
  var followsGradient: Bool { method.kind.knowledge == .gradients && role != .transferred }
}

/// All attacks of a pool, in the order in which they run and stand in tables.
struct PoolPlan {
  /// Within the budget, or for the smallest perturbation: what counts for each image.
  private(set) var entries: [PoolEntry]
  /// One with a larger budget, which only the comparison of budgets needs; it comes last.
  private(set) var larger: PoolEntry?
  /// The rungs of each comparison, by the names of their entries.
  private(set) var steps: [(stepCount: Int, name: String)] = []
  private(set) var budgets: [(epsilon: Double, name: String)] = []

  static let stepCounts = [10, 40, 100]
  /// PGD's own number of steps stands in both comparisons.
  private static let usualStepCount = 40

  init(_ configuration: PoolExperiment.Configuration) {
    entries = configuration.methods.map { kind in
      let method = AttackMethod(defaultsOf: kind)
      return PoolEntry(
        name: kind.rawValue,
        method: configuration.queryLimit.map { method.limited(toQueries: $0) } ?? method,
        epsilon: configuration.epsilon, role: .asked)
    }
    if let reference = configuration.reference {
      entries.append(
        PoolEntry(
          name: reference.rawValue, method: AttackMethod(defaultsOf: reference),
          epsilon: configuration.epsilon, role: .reference))
    }
    guard let epsilon = configuration.epsilon else { return }
    if configuration.surrogate != nil {
      // Made to transfer: Dong et al. (2018).
      entries.append(
        PoolEntry(
          name: "transferred", method: AttackMethod(defaultsOf: .momentumIterative), epsilon: epsilon,
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
    // No pixel moves further than from black to white.
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
    .projectedGradientDescent(
      stepCount: stepCount, relativeStepSize: nil, restartCount: 1, loss: .crossEntropy)
  }
}
