/// Whether two quantities rise together, for any shape of the curve.
public enum RankCorrelation {
  /// Spearman's ρ: Pearson's correlation of the ranks, tied values sharing their mean rank.
  ///
  ///     ρ = Σ (r − r̄)(s − s̄) / √( Σ (r − r̄)² Σ (s − s̄)² )
  ///
  /// Spearman (1904), "The proof and measurement of association between two things".
  ///
  /// - Parameters:
  ///   - first: Finite.
  ///   - second: As many values, finite.
  /// - Returns: `nil` if all values of one side are equal, or there are fewer than two.
  public static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "\(first.count) values beside \(second.count)")
    precondition((first + second).allSatisfy(\.isFinite), "ranks need finite values")
    let (first, second) = (doubledRanks(first), doubledRanks(second))
    // Doubled ranks are integers, and so are these sums: equal correlations come out as equal numbers.
    let mean = first.count + 1
    func product(_ left: [Int], _ right: [Int]) -> Int {
      zip(left, right).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    }
    let spread = Double(product(first, first)) * Double(product(second, second))
    return spread > 0 ? Double(product(first, second)) / spread.squareRoot() : nil
  }

  /// Twice the rank of each value, from 2 for the smallest.
  private static func doubledRanks(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Int](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start + 1 … end, whose mean is half of their sum.
      for place in start..<end { ranks[order[place]] = start + 1 + end }
      start = end
    }
    return ranks
  }
}
