/// Central differences of a scalar function in Double: the oracle of every gradient.
///
///     ∂f/∂xᵢ ≈ ( f(x + h eᵢ) − f(x − h eᵢ) ) / 2h,   error O(h²) + O(ε/h)
///
/// - Parameters:
///   - step: h; the default balances both errors for functions and points of size 1.
public func centralDifferences(
  of function: ([Double]) throws -> Double, at point: [Double], step: Double = 1e-5
) rethrows -> [Double] {
  var moved = point
  return try point.indices.map { index in
    moved[index] = point[index] + step
    let above = try function(moved)
    moved[index] = point[index] - step
    let below = try function(moved)
    moved[index] = point[index]
    return (above - below) / (2 * step)
  }
}
