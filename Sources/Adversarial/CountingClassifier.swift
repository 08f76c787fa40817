import Networks
import Synchronization
import Tensors

/// Number of classifier queries, counted in images: the cost of an attack, independent of the machine.
public struct ClassifierCost: Equatable, Codable, Sendable {
  /// Images passed forward, including those for a gradient.
  public let forwards: Int
  /// Images passed backward.
  public let backwards: Int

  public init(forwards: Int, backwards: Int) {
    self.forwards = forwards
    self.backwards = backwards
  }

  public static func + (first: ClassifierCost, second: ClassifierCost) -> ClassifierCost {
    ClassifierCost(
      forwards: first.forwards + second.forwards, backwards: first.backwards + second.backwards)
  }
}

/// A classifier that counts its queries. Results are those of `base`, bit for bit.
public final class CountingClassifier<Base: DifferentiableClassifier>: DifferentiableClassifier {
  public let base: Base
  private let total = Mutex(ClassifierCost(forwards: 0, backwards: 0))

  public init(_ base: Base) { self.base = base }

  public var inputShape: ImageShape { base.inputShape }
  public var classCount: Int { base.classCount }
  /// The cost so far.
  public var cost: ClassifierCost { total.withLock { $0 } }

  public func logits(of images: Tensor) throws -> Tensor {
    total.withLock { $0 = $0 + ClassifierCost(forwards: images.count, backwards: 0) }
    return try base.logits(of: images)
  }

  public func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    total.withLock { $0 = $0 + ClassifierCost(forwards: images.count, backwards: images.count) }
    return try base.logitsAndImageGradients(of: images, logitGradient: logitGradient)
  }
}

extension ClassifierCost: Checked {
  public func check() throws(CheckFailure) {
    try require(forwards >= 0, "forwards", "a count is not negative, found \(forwards)")
    try require(backwards >= 0, "backwards", "a count is not negative, found \(backwards)")
  }
}
