import Tensors

/// The attacker's constraints and goal: the ball, the box and the goal. Attack and evaluation use the same one.
public struct ThreatModel: Equatable, Sendable {
  public enum Goal: Equatable, Sendable {
    /// Any class except the true one.
    case untargeted
    /// The target class of each image, in the order of the batch.
    case targeted([Int])
  }

  /// Norm of the perturbation.
  public let norm: Norm
  /// Radius of the ball around each image, in units of pixels (8/255, not 8). `.infinity`: no budget, for an attack
  /// that minimises the perturbation.
  public let epsilon: Float
  /// Allowed values of a pixel.
  public let bounds: ClosedRange<Float>
  public let goal: Goal

  public init(norm: Norm, epsilon: Float, bounds: ClosedRange<Float> = 0...1, goal: Goal = .untargeted) {
    precondition(epsilon >= 0, "epsilon must be non-negative, got \(epsilon)")
    precondition(
      bounds.lowerBound.isFinite && bounds.upperBound.isFinite, "pixel bounds must be finite, got \(bounds)")
    self.norm = norm
    self.epsilon = epsilon
    self.bounds = bounds
    self.goal = goal
  }

  /// The radii that may be requested. Below 2⁻²⁴, the spacing of pixels just under 1, x + r rounds to x; beyond 2²⁴
  /// there is no image, in any norm.
  public static let askedRadii: ClosedRange<Float> = 0x1p-24...0x1p24

  /// Whether a radius may be requested; 0 may.
  public static func canBeAsked(radius: Float) -> Bool { radius == 0 || askedRadii.contains(radius) }

  /// The target class of image `row`; `nil` if any other class will do.
  public func target(ofRow row: Int) -> Int? {
    switch goal {
    case .untargeted: nil
    case .targeted(let targets): targets[row]
    }
  }

  /// Whether `prediction` reaches the attacker's goal for image `row`, whose true class is `label`.
  public func isReached(byPrediction prediction: Int, ofRow row: Int, label: Int) -> Bool {
    if let target = target(ofRow: row) { prediction == target } else { prediction != label }
  }

  /// The excess over `epsilon` at which a perturbation counts as outside the ball.
  ///
  ///     10⁻⁶ ε + 2⁻²⁴ B ‖1‖,   0 for L0
  ///
  /// The second term is the rounding of x + r to Float in each pixel, for pixels no larger than B: at ε = 1/255 it
  /// exceeds the first. A count has no rounding error.
  public func tolerance(pixelCount: Int) -> Double {
    let rounding = 0x1p-24 * Double(max(abs(bounds.lowerBound), abs(bounds.upperBound)))
    let ones: Double
    switch norm {
    case .l0: return 0
    case .l1: ones = Double(pixelCount)
    case .l2: ones = Double(pixelCount).squareRoot()
    case .linf: ones = 1
    }
    return 1e-6 * Double(epsilon) + rounding * ones
  }

  /// The threat model for some rows of a batch.
  public func selecting(_ rows: some Collection<Int>) -> ThreatModel {
    guard case .targeted(let targets) = goal else { return self }
    return ThreatModel(
      norm: norm, epsilon: epsilon, bounds: bounds, goal: .targeted(rows.map { targets[$0] }))
  }
}
