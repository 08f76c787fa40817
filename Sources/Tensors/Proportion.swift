/// A proportion: a count that keeps its denominator.
public struct Proportion: Equatable, Codable, Sendable {
  public let count: Int
  public let total: Int

  public init(_ count: Int, of total: Int) {
    precondition(0 <= count && count <= total, "\(count) of \(total) is not a proportion")
    self.count = count
    self.total = total
  }

  /// `nil` if `total` is 0.
  public var value: Double? { total > 0 ? Double(count) / Double(total) : nil }

  /// Score interval with 95 % coverage.
  ///
  ///     ( p + z²/2n ± z √( p(1 − p)/n + z²/4n² ) ) / ( 1 + z²/n ),   z = 1.96
  ///
  /// Wilson (1927); recommended over the textbook interval by Brown, Cai, DasGupta (2001). It stays inside
  /// [0, 1] and keeps a width at 0 and at `total`.
  ///
  /// - Returns: `nil` when `total` is 0.
  public var interval95: ClosedRange<Double>? {
    guard let proportion = value else { return nil }
    let n = Double(total)
    let z = 1.959963984540054  // 97.5 % point of the standard normal
    let centre = proportion + z * z / (2 * n)
    let halfWidth = z * (proportion * (1 - proportion) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // At the ends the bound is exactly 0 or 1; rounding must not move it.
    let lower = count == 0 ? 0 : (centre - halfWidth) / scale
    let upper = count == total ? 1 : (centre + halfWidth) / scale
    return lower...upper
  }
}

extension Proportion: Checked {
  public func check() throws(CheckFailure) {
    try requirePart(count, of: total, "count")
  }
}
