import CKernels
import OneDNN
import Tensors

/// Normal noise on the gradient of a step, as ``PrivateTraining`` asks for.
///
/// The noise of a number depends on the seed, the step and where the number stands in the store: any split of the work
/// gives the same. Padding of blocked layouts and frozen parameters get none.
///
/// `@unchecked Sendable`: written by `init` alone.
final class GradientNoise: @unchecked Sendable {
  /// The deviation of the noise of every number; 0 where there is none.
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

  /// - Parameter range: Cut at multiples of 4.
  func add(to gradient: UnsafeMutablePointer<Float>, _ range: Range<Int>, step: Int) {
    privacy_add_noise(
      gradient, deviations.floats, range.lowerBound, range.upperBound, seed, RandomStream.noise(step: step))
  }
}
