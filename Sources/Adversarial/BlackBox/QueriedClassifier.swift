import Networks
import Synchronization
import Tensors

/// A classifier behind a counter: a black-box attack can query it for answers of one kind, image by image, within its
/// budget.
final class QueriedClassifier<Base: Classifier>: Sendable {
  private let base: Base
  /// Maximum number of queries for each image of the batch.
  let queryLimit: Int
  private let asked: Mutex<[Int]>

  /// - Parameter imageCount: Number of images in the batch.
  init(_ base: Base, imageCount: Int, queryLimit: Int) {
    precondition(queryLimit >= 0, "a number of queries must not be negative, got \(queryLimit)")
    self.base = base
    self.queryLimit = queryLimit
    asked = Mutex([Int](repeating: 0, count: imageCount))
  }

  var inputShape: ImageShape { base.inputShape }
  var classCount: Int { base.classCount }

  func remaining(forRow row: Int) -> Int { asked.withLock { queryLimit - $0[row] } }

  /// - Parameters:
  ///   - points: `[count, channels, height, width]`.
  ///   - rows: Image of the batch to which each query is charged.
  /// - Precondition: No image exceeds its remaining budget.
  /// - Throws: What the classifier throws.
  func answers<Answer: QueryAnswer>(to points: Tensor, onAccountOf rows: [Int]) throws -> [Answer] {
    precondition(rows.count == points.count, "\(points.count) points on account of \(rows.count) images")
    asked.withLock { asked in
      for row in rows { asked[row] += 1 }
      precondition(
        rows.allSatisfy { asked[$0] <= queryLimit }, "an attack asked more than its budget of \(queryLimit)")
    }
    let logits = try base.logits(of: points)
    return (0..<points.count).map { Answer(logits: logits[row: $0].span) }
  }
}
