/// One array of a network's state.
public struct Parameter: Equatable, Sendable {
  public enum Role: Sendable {
    case weight, bias, scale, shift
    /// μ and γ = log β of an rbf layer.
    case centre, logPrecision
    /// Estimates kept by batch normalization: part of the state, not changed by the optimizer.
    case runningMean, runningVariance
  }

  /// The values before training.
  enum Start: Equatable {
    case constant(Float)
    /// Independent normal draws.
    case normal(mean: Float, deviation: Float)
    /// Normal draws around 0 with a variance that suits the layer behind: ``WeightsBefore``.
    case asBehind
  }

  public let name: String
  public let role: Role
  public let shape: [Int]
  let start: Start

  public var count: Int { shape.reduce(1, *) }
  public var isTrained: Bool { role != .runningMean && role != .runningVariance }
}
