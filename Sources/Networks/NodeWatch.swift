import OneDNN

/// Checks the result of every node while a plan without fusion runs, before a clamp can hide a NaN.
///
/// Used by one plan, on its thread.
final class NodeWatch {
  /// The first node of the last run with a NaN or infinite value; nil if there is none.
  private(set) var failed: Int?
  /// The largest magnitude so far, over all nodes and runs.
  private(set) var largest: Float = 0

  func begin() { failed = nil }

  /// - Parameter values: The node's result in any layout; padding is 0.
  func look(at values: UnsafeBufferPointer<Float>, of node: Int) {
    guard failed == nil else { return }
    // A maximum would miss a NaN, so it is detected by a sum of terms that are 0 for finite values.
    var (most, trace): (Float, Float) = (0, 0)
    for value in values {
      most = max(most, abs(value))
      trace += value * 0
    }
    if trace != 0 || trace.isNaN { failed = node }
    largest = max(largest, most)
  }
}
