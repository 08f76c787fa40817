import Directions
import Inference
import Tensors

/// One unit against single random directions: exploratory, beside the verdict and not part of it.
///
///     p_i = (1 + #{κ_j > κ_i} + ½ #{κ_j = κ_i}) / (M + 1)        over M directions, uniform on the sphere
///
/// κ of few images takes few values, hence k = 25 and the mid-p. q is the false discovery rate at which the unit
/// would be named (Benjamini and Hochberg, 1995).
public struct UnitTest: Codable, Equatable, Sendable {
  public var id: String
  public var kappa: Double
  public var p: Double
  public var q: Double

  /// k
  public static let topCount = 25
  /// M
  public static let directionCount = 10_000

  /// Empty where there are fewer than ``topCount`` images.
  static func table(
    of units: LiveUnits, labels: ClassLabels, seed: UInt64, workerCount: Int
  ) -> [UnitTest] {
    let features = units.features
    guard features.imageCount >= topCount else { return [] }
    let measures = BasisMeasures(labels: labels, topCounts: [topCount])
    func kappas(_ directions: DirectionSet) -> [Double] {
      measures.values(
        of: Ranking(of: features, along: directions, topCount: topCount, workerCount: workerCount),
        workerCount: workerCount)[0]
    }
    // Directions of their own: those of the ladder are a sample of the same size as the neurons.
    var generator = SeededGenerator(seed: seed, purpose: "directions that units are tested against")
    let null = NullDistribution(
      kappas(.randomSphere(count: directionCount, dimension: features.dimension, seed: generator.next())))
    let observed = kappas(.neurons(dimension: features.dimension))
    let p = observed.map { null.test($0).upperP(ties: .midP) }
    let q = MultipleTesting.benjaminiHochberg(p)
    return zip(units.ids(units.indices), observed.indices).map { id, unit in
      UnitTest(id: id, kappa: observed[unit], p: p[unit], q: q[unit])
    }
  }
}
