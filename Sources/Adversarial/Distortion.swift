import Tensors

/// Size of the perturbation of one image, in all customary measures.
public struct Distortion: Equatable, Codable, Sendable {
  /// Number of values that changed at all. A pixel of a colour image has three.
  public let l0: Int
  public let l1: Double
  public let l2: Double
  public let linf: Double
  /// √( Σ (x′ᵢ − xᵢ)² / n ) over the n values of an image: the distortion of Szegedy et al. (2013), section 4.2.
  public let rootMeanSquare: Double

  /// - Parameters:
  ///   - perturbed: Values of one image, not NaN.
  ///   - clean: The same image before.
  public init(from clean: some Collection<Float>, to perturbed: some Collection<Float>) {
    precondition(
      clean.count == perturbed.count, "\(clean.count) values cannot have become \(perturbed.count)")
    var changed = 0
    var sum = 0.0
    var squares = 0.0
    var largest = 0.0
    for (before, after) in zip(clean, perturbed) {
      let difference = Double(after) - Double(before)
      if difference != 0 { changed += 1 }
      sum += abs(difference)
      squares += difference * difference
      largest = max(largest, abs(difference))
    }
    l0 = changed
    l1 = sum
    l2 = squares.squareRoot()
    linf = largest
    rootMeanSquare = clean.isEmpty ? 0 : (squares / Double(clean.count)).squareRoot()
  }
}

extension Distortion: Checked {
  public func check() throws(CheckFailure) {
    try require(l0 >= 0, "l0", "a count is not negative, found \(l0)")
    for (name, length) in [("l1", l1), ("l2", l2), ("linf", linf), ("rootMeanSquare", rootMeanSquare)] {
      try requireNotNegative(length, name)
    }
  }
}
