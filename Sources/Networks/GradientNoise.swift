import CKernels
import OneDNN
import Tensors

/// Normal noise added to the gradient of a step for ``PrivateTraining``.
///
/// The noise of an element depends on the seed, the step and its position in the store: any split of the work gives the
/// same. Padding of blocked layouts and frozen parameters get none.
///
/// `@unchecked Sendable`: written by `init` alone.
final class GradientNoise: @unchecked Sendable {
  /// The standard deviation of the noise of every element; 0 where there is none.
  private let deviations: Buffer
  private let seed: UInt64

  init(deviation: Float, seed: UInt64, store: ParameterStore, frozen: Set<Int>) throws {
    deviations = try Buffer(count: store.trained.count, on: store.device)
    self.seed = seed
    for (position, node) in store.graph.nodes.enumerated() where !frozen.contains(position) {
      for parameter in node.parameters where store.graph.parameters[parameter].isTrained {
        try store.write(
          Tensor(repeating: deviation, shape: store.graph.parameters[parameter].shape),
          to: store.gradient(of: parameter, in: deviations), parameter: parameter)
      }
    }
  }

  /// - Parameter range: Its bounds are multiples of 4.
  func add(to gradient: UnsafeMutablePointer<Float>, _ range: Range<Int>, step: Int) {
    privacy_add_noise(
      gradient, deviations.floats, range.lowerBound, range.upperBound, seed, RandomStream.noise(step: step))
  }
}
