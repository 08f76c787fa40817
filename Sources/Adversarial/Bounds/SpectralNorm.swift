import Foundation
import Tensors

/// The largest singular value of a linear map: how much it can lengthen a vector.
///
///     ‖W‖ = max ‖W x‖₂ / ‖x‖₂
///
/// Power iteration on WᵀW from a random start approaches it from below without indicating how close it is; a bound on
/// robustness needs an upper bound. The random start provides one: let v be uniform on the sphere in n dimensions, and
/// ρ the Rayleigh quotient of A = WᵀW at Aᵐ v. With λ the largest eigenvalue of A, and b the component of v along its
/// eigenvector, ρ < (1 − ε) λ implies
///
///     b² < (1 − ε)²ᵐ⁺¹ / ( ε (2m + 1) ),   P(|b| < t) ≤ t √(2n/π)
///
/// for all eigenvalues μ < τ = (1 − ε) λ together can hold the quotient below τ only if
/// λ²ᵐ (λ − τ) b² < max_μ μ²ᵐ (τ − μ) ≤ τ²ᵐ⁺¹ / (2m + 1). So λ ≤ ρ / (1 − ε) except with probability
/// √(2n/π) (1 − ε)ᵐ⁺¹ᐟ² / √(ε (2m + 1)). Kuczyński, Woźniakowski (1992) give the same rate with a sharper constant.
/// <https://doi.org/10.1137/0613066>
public struct SpectralNorm: Equatable, Codable, Sendable {
  /// Result of power iteration; at most ‖W‖ except for rounding.
  public let estimate: Double
  /// At least ‖W‖, except with probability ``failureProbability``.
  public let upperBound: Double

  /// Probability of a random start for which the bound fails.
  public static let failureProbability = 1e-9

  /// - Parameters:
  ///   - iterationCount: m; the bound exceeds the estimate by a factor of about 1 + 10/m.
  ///   - seed: Seeds the random start.
  init(of map: LinearOperator, iterationCount: Int, seed: UInt64) {
    precondition(iterationCount > 0, "power iteration takes at least one step, got \(iterationCount)")
    var generator = SeededGenerator(seed: seed, purpose: "power iteration")
    var vector = generator.normals(map.inputCount).map(Double.init)
    var estimate = 0.0
    for _ in 0...iterationCount {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      // The zero map: every input gives zero.
      guard length > 0 else { break }
      vector = vector.map { $0 / length }
      let image = map.apply(vector)
      // ‖W v‖² is the Rayleigh quotient of WᵀW at v. In exact arithmetic it never falls.
      estimate = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector = map.applyTransposed(image)
    }
    self.estimate = estimate
    let slack = Self.slack(dimension: map.inputCount, iterationCount: iterationCount)
    // 1e-12 covers the rounding of the sums.
    upperBound = estimate / (1 - slack).squareRoot() * (1 + 1e-12)
  }

  init(estimate: Double, upperBound: Double) {
    self.estimate = estimate
    self.upperBound = upperBound
  }

  /// The smallest ε with a sufficiently small probability of failure.
  static func slack(dimension: Int, iterationCount: Int) -> Double {
    let power = Double(2 * iterationCount + 1)
    func failure(_ epsilon: Double) -> Double {
      (2 * Double(dimension) / .pi).squareRoot() * pow(1 - epsilon, power / 2)
        / (epsilon * power).squareRoot()
    }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if failure(middle) <= failureProbability { high = middle } else { low = middle }
    }
    return high
  }
}
