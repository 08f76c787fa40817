import OneDNN

/// Looks at the result of every node while a plan runs in which nothing is fused: before a clamp can hide a NaN.
///
/// Used by one plan, on its thread.
final class NodeWatch {
  /// The first node of the last run with a value that is NaN or infinite; nil: none.
  private(set) var failed: Int?
  /// The largest magnitude seen so far, of all nodes and runs.
  private(set) var largest: Float = 0

  func begin() { failed = nil }

  /// - Parameter values: The node's result in whatever layout; padding is 0.
  func look(at values: UnsafeBufferPointer<Float>, of node: Int) {
    guard failed == nil else { return }
    // A NaN would be passed over by a maximum, so it is looked for by a sum of what is 0 for finite values.
    var (most, trace): (Float, Float) = (0, 0)
    for value in values {
      most = max(most, abs(value))
      trace += value * 0
    }
    if trace != 0 || trace.isNaN { failed = node }
    largest = max(largest, most)
  }
}
