import Networks
import Synchronization
import Tensors

/// Hears a wish to stop in the middle of an attack that takes long: its last word of progress is told again before a
/// pass, some ten times a second.
package final class ProgressListener: Sendable {
  private let handler: ProgressHandler
  private let state = Mutex((last: ExperimentProgress?.none, told: ContinuousClock.now))

  package init(_ handler: @escaping ProgressHandler) { self.handler = handler }

  package func tell(_ progress: ExperimentProgress) throws {
    state.withLock { $0 = (progress, .now) }
    try handler(progress)
  }

  /// - Throws: What the handler throws.
  package func listen() throws {
    let due = state.withLock { state -> ExperimentProgress? in
      guard case .step? = state.last, ContinuousClock.now - state.told > .milliseconds(100) else {
        return nil
      }
      state.told = .now
      return state.last
    }
    if let due { try handler(due) }
  }
}

/// A classifier that listens before every pass. Results are those of `base`, bit for bit.
package struct ListeningClassifier<Base: DifferentiableClassifier>: DifferentiableClassifier {
  package let base: Base
  package let listener: ProgressListener

  package init(base: Base, listener: ProgressListener) {
    self.base = base
    self.listener = listener
  }

  package var inputShape: ImageShape { base.inputShape }
  package var classCount: Int { base.classCount }

  package func logits(of images: Tensor) throws -> Tensor {
    try listener.listen()
    return try base.logits(of: images)
  }

  package func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    try listener.listen()
    return try base.logitsAndImageGradients(of: images, logitGradient: logitGradient)
  }
}
