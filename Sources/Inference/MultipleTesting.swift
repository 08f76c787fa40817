/// Adjustments of p-values for being one of many.
///
/// An adjusted p is compared with α directly. Which family a p belongs to is declared beforehand: the few
/// confirmatory tests get Holm's, a table of many units Benjamini and Hochberg's or the max-T.
public enum MultipleTesting {
  static func check(_ pValues: [Double]) {
    precondition(pValues.allSatisfy { (0...1).contains($0) }, "a p-value lies in [0, 1]")
  }

  /// Numbers of the values from the smallest to the largest; equal ones in their own order.
  static func ascendingOrder(_ values: [Double]) -> [Int] {
    values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }
}
