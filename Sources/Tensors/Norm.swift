/// A measure of the size of a perturbation: a vector norm, or the number of values that changed.
public enum Norm: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
  /// Number of vᵢ that are not 0. Not a norm, as 2v is no larger than v, but measured and bounded like one.
  case l0
  /// Σ |vᵢ|
  case l1
  /// √Σ vᵢ²
  case l2
  /// max |vᵢ|
  case linf

  /// The norm of `values`, summed in Double; 0 if there are none. NaN when a value is NaN.
  @inlinable
  public func callAsFunction(_ values: some Sequence<Float>) -> Double {
    var total = 0.0
    switch self {
    case .l0:
      for value in values {
        if value.isNaN { return .nan }
        if value != 0 { total += 1 }
      }
    case .l1:
      for value in values { total += Double(abs(value)) }
    case .l2:
      // No overflow or underflow to guard against: squares of Floats lie well inside Double's range.
      for value in values { total += Double(value) * Double(value) }
      total = total.squareRoot()
    case .linf:
      for value in values {
        let size = Double(abs(value))
        if size > total || size.isNaN { total = size }
        if total.isNaN { break }
      }
    }
    return total
  }

  public var description: String {
    switch self {
    case .l0: "L0"
    case .l1: "L1"
    case .l2: "L2"
    case .linf: "L∞"
    }
  }
}
