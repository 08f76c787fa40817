import OneDNN
import Tensors

/// The purpose of a plan, which determines what is computed and what is kept.
enum Purpose: Hashable, Sendable {
  /// The result of one node; nothing is kept.
  case output(node: Int)
  /// Logits, with every node's result checked on the way: nothing is fused (``NodeWatch``).
  case watched
  /// Logits, then ∂loss/∂images. Dropout is off and batch normalization uses its running statistics.
  case imageGradient
  /// Logits, then ∂loss/∂parameters.
  case training

  var needsGradients: Bool {
    switch self {
    case .output, .watched: false
    case .imageGradient, .training: true
    }
  }
}

/// The operations and buffers of one network for one micro-batch size and one purpose.
///
/// Built once, on the thread that will run it; running it allocates nothing. Not Sendable: one thread at a
/// time.
final class Plan {
  let microBatch: Int
  /// Pixels `[microBatch, channels, height, width]`; normalised if the network's first node normalises.
  let input: UnsafeMutablePointer<Float>
  /// The result, row-major `[microBatch, …]`: logits, or the requested node.
  let output: UnsafeMutablePointer<Float>
  let outputLength: Int
  /// ∂loss/∂logits, to be filled between `forward` and `backward`.
  let outputGradient: UnsafeMutablePointer<Float>?
  /// ∂loss/∂input after `backward`.
  let inputGradient: UnsafeMutablePointer<Float>?
  /// Mean and variance of the micro-batch at each batch normalization, after a training `forward`.
  let batchStatistics: [BatchStatistics]
  /// The watch of a plan that is ``Purpose/watched``.
  let watch: NodeWatch?

  /// Names of the steps of a forward and of a backward pass, in order.
  let stepNames: (forward: [String], backward: [String])

  struct BatchStatistics {
    let node: Int
    let mean: UnsafeMutablePointer<Float>
    let variance: UnsafeMutablePointer<Float>
    /// Number of values in each mean.
    let count: Int
  }

  enum Step {
    case primitive(Primitive)
    /// Work that oneDNN has no operation for; the argument identifies the random streams of this run.
    case compute((_ run: Run) -> Void)
  }

  /// Training step and slot being run; dropout draws from it.
  struct Run {
    var seed: UInt64 = 0
    var step = 0
    var slot = 0
    /// 1 over the images of the step.
    var exampleShare: Float = 0
  }

  private let stream: Stream
  private let forwardSteps: [Step]
  private let backwardSteps: [Step]
  private let memories: [Memory]  // owns what the pointers above point to

  init(_ builder: PlanBuilder) throws {
    let scratchpad = try Buffer(count: builder.scratchpadCount, on: builder.device)
    stream = try Stream(on: builder.device)
    forwardSteps = try builder.forward.map { try $0.bound(scratchpad, builder.device) }
    backwardSteps = try builder.backward.map { try $0.bound(scratchpad, builder.device) }
    stepNames = (builder.forward.map(\.name), builder.backward.map(\.name))
    microBatch = builder.microBatch
    input = builder.input.memory.floats
    output = builder.output.floats
    outputLength = builder.outputLength
    outputGradient = builder.outputGradient?.floats
    inputGradient = builder.inputGradient?.floats
    batchStatistics = builder.batchStatistics
    watch = builder.watch
    memories = builder.memories
  }

  func forward(_ run: Run = Run()) throws { try execute(forwardSteps, run) }

  func backward(_ run: Run = Run()) throws { try execute(backwardSteps, run) }

  private func execute(_ steps: [Step], _ run: Run) throws {
    for step in steps {
      switch step {
      case .primitive(let primitive): try primitive.execute(on: stream)
      case .compute(let body): body(run)
      }
    }
  }
}
