import Networks
import Synchronization
import Tensors

/// A classifier that reveals only the predicted class and counts every query.
public final class LabelOracle<Base: Classifier>: Sendable {
  private let base: Base
  private let asked = Mutex(0)

  public init(_ base: Base) { self.base = base }

  /// Number of images queried so far, repetitions included.
  public var queryCount: Int { asked.withLock { $0 } }

  /// - Throws: What the classifier throws.
  public func labels(of images: Tensor) throws -> [Int] {
    asked.withLock { $0 += images.count }
    guard images.count > 0 else { return [] }
    let logits = try base.logits(of: images)
    return (0..<images.count).map { LabelAnswer(logits: logits[row: $0].span).label }
  }
}
