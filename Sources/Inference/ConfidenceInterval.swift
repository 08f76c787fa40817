import Tensors

/// A range that covers the true value in a fraction `level` of repetitions of the experiment.
public struct ConfidenceInterval: Hashable, Codable, Sendable {
  public let lower: Double
  public let upper: Double
  /// Coverage, such as 0.95.
  public let level: Double

  public init(lower: Double, upper: Double, level: Double) {
    precondition(lower <= upper, "an interval ends where it starts or above, got \(lower) to \(upper)")
    precondition(0 < level && level < 1, "a level lies between 0 and 1, got \(level)")
    (self.lower, self.upper, self.level) = (lower, upper, level)
  }

  public var halfWidth: Double { (upper - lower) / 2 }

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// Both ends lie strictly between −margin and +margin.
  public func isInside(margin: Double) -> Bool { -margin < lower && upper < margin }
}

extension ConfidenceInterval: Checked {
  public func check() throws(CheckFailure) {
    try require(lower <= upper, "upper", "expected \(lower), the lower end, or above, found \(upper)")
    try require(0 < level && level < 1, "level", "expected a number between 0 and 1, found \(level)")
  }
}
