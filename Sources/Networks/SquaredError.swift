/// The mean squared error of a reconstruction.
///
///     L(y, x) = ‖y − x‖² / d,   ∂L/∂y_j = 2 (y_j − x_j) / d
///
/// Per example, where d is its length.
public enum SquaredError {
  /// Writes `scale · ∂L/∂y`.
  ///
  /// - Returns: L(y, x), not scaled.
  @discardableResult
  public static func writeGradient(
    output: Span<Float>, target: Span<Float>, scale: Double = 1, to gradient: inout MutableSpan<Float>
  ) -> Double {
    precondition(output.count == target.count, "\(output.count) values for \(target.count)")
    var sum = 0.0
    let factor = 2 * scale / Double(output.count)
    for index in output.indices {
      let difference = Double(output[index]) - Double(target[index])
      sum += difference * difference
      gradient[index] = Float(factor * difference)
    }
    return sum / Double(output.count)
  }
}
