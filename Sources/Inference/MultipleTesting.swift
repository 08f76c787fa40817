/// Adjustments of p-values for multiple testing.
///
/// An adjusted p is compared with α directly. The family of each p is declared beforehand: the few confirmatory tests
/// get Holm's, a table of many units Benjamini and Hochberg's or the max-T.
public enum MultipleTesting {
  static func check(_ pValues: [Double]) {
    precondition(pValues.allSatisfy { (0...1).contains($0) }, "a p-value lies in [0, 1]")
  }

  /// Indices of the values from the smallest to the largest; equal values keep their order.
  static func ascendingOrder(_ values: [Double]) -> [Int] {
    values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }
}
