import CKernels
import OneDNN
import Synchronization
import Tensors
import Testing

@testable import Networks

/// What a plan does besides arithmetic, counted: copies between layouts are the first thing that creeps back.
@Suite struct PlanStepsTests {
  /// Copies as counted when this was written. Kernels of narrower processors want other layouts.
  struct Limit: Sendable {
    let name: Architecture.Named
    let purpose: Purpose
    let avx512, avx2, portable: Int

    var copies: Int {
      switch kernels_current() {
      case kernels_avx512: avx512
      case kernels_avx2: avx2
      default: portable
      }
    }
  }

  @Test(
    "A plan copies between layouts no more often than it did",
    arguments: [
      Limit(name: .mlp, purpose: .training, avx512: 0, avx2: 0, portable: 0),
      Limit(name: .fc100, purpose: .training, avx512: 0, avx2: 0, portable: 0),
      Limit(name: .lenet, purpose: .training, avx512: 2, avx2: 5, portable: 5),
      Limit(name: .lenet, purpose: .imageGradient, avx512: 3, avx2: 5, portable: 5),
      Limit(name: .allcnn, purpose: .training, avx512: 2, avx2: 10, portable: 21),
      Limit(name: .resnet8, purpose: .training, avx512: 5, avx2: 18, portable: 31),
    ])
  func copies(_ limit: Limit) throws {
    let names = try stepNames(limit.name, limit.purpose)
    #expect(names.count { $0 == "reorder" } <= limit.copies, "\(names)")
  }

  @Test("Convolutions with enough channels go through Winograd's algorithm, with both gradients")
  func winograd() throws {
    let names = try stepNames(.lenet, .training)
    #expect(names.count { $0.hasPrefix("Winograd") } == 3, "\(names)")
    #expect(names.count { $0 == "convolution" } == 1, "\(names)")
    #expect(!names.contains("convolution, gradient of its input"), "the first layer's is not needed")
  }

  @Test("Activations are applied as results are stored")
  func fusedActivations() throws {
    for name in [Architecture.Named.lenet, .mlp, .allcnn] {
      let names = try stepNames(name, .training)
      #expect(!names.contains("activation"), "\(name): \(names)")
    }
  }

  private func stepNames(_ name: Architecture.Named, _ purpose: Purpose) throws -> [String] {
    let shape =
      name == .resnet8 || name == .allcnn
      ? ImageShape(channels: 3, height: 32, width: 32) : ImageShape(channels: 1, height: 28, width: 28)
    let network = Network(
      initializing: try Graph(.named(name, input: shape, classCount: 10)), seed: 1)
    let names = Mutex<[String]>([])
    try WorkerPool(workerCount: 1).run { _ in
      let device = try Device()
      let layouts =
        purpose == .training
        ? try TrainingSession.homeLayouts(network.graph, microBatch: 64, device) : [:]
      let store = try ParameterStore(of: network, layouts: layouts, on: device)
      let plan = try Plan(
        PlanBuilder(
          network.graph, purpose: purpose, microBatch: 64, store: store,
          parameterGradients: purpose == .training ? Buffer(count: store.trained.count, on: device) : nil))
      names.withLock { $0 = plan.stepNames.forward + plan.stepNames.backward }
    }
    return names.withLock { $0 }
  }
}
