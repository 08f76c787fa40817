import Tensors

/// The loss that a classifier is trained to minimise.
public enum TrainingLoss: String, Codable, CaseIterable, Sendable {
  /// ``CrossEntropy``: exactly one class is correct.
  case softmax
  /// ``SigmoidCrossEntropy``: each class is decided independently.
  case sigmoid
  /// ``DistanceCrossEntropy``: the same, for a network that ends in distances.
  case exponential

  public func loss(logits: Span<Float>, label: Int) -> Double {
    switch self {
    case .softmax: CrossEntropy.loss(logits: logits, label: label)
    case .sigmoid: SigmoidCrossEntropy.loss(logits: logits, label: label)
    case .exponential: DistanceCrossEntropy.loss(logits: logits, label: label)
    }
  }

  /// Mean over the rows of `[count, classCount]` logits; NaN without rows.
  public func meanLoss(of logits: Tensor, labels: [Int]) -> Double {
    precondition(logits.count == labels.count, "\(logits.count) rows of logits, \(labels.count) labels")
    let total = labels.enumerated().reduce(0.0) { total, image in
      total + loss(logits: logits[row: image.offset].span, label: image.element)
    }
    return total / Double(labels.count)
  }

  /// Writes `scale · ∂L/∂z`.
  ///
  /// - Returns: L(z, y), not scaled.
  func writeGradient(
    logits: Span<Float>, label: Int, scale: Double, to gradient: inout MutableSpan<Float>
  ) -> Double {
    switch self {
    case .softmax: CrossEntropy.writeGradient(logits: logits, label: label, scale: scale, to: &gradient)
    case .sigmoid:
      SigmoidCrossEntropy.writeGradient(logits: logits, label: label, scale: scale, to: &gradient)
    case .exponential:
      DistanceCrossEntropy.writeGradient(logits: logits, label: label, scale: scale, to: &gradient)
    }
  }

  /// Writes ∂L/∂z times a positive factor chosen such that it does not underflow.
  func writeAscentDirection(logits: Span<Float>, label: Int, to gradient: inout MutableSpan<Float>) {
    switch self {
    case .softmax: CrossEntropy.writeAscentDirection(logits: logits, label: label, to: &gradient)
    case .sigmoid: SigmoidCrossEntropy.writeAscentDirection(logits: logits, label: label, to: &gradient)
    // The label's slope is −1: nothing can underflow.
    case .exponential: DistanceCrossEntropy.writeGradient(logits: logits, label: label, to: &gradient)
    }
  }

  /// - Throws: ``NetworkError/lossNeedsDistances``
  func check(_ graph: Graph) throws {
    guard self == .exponential else { return }
    guard case .rbf = graph.nodes.last?.layer else { throw NetworkError.lossNeedsDistances }
  }
}
