import Datasets
import Foundation
import OneDNN
import Synchronization
import Tensors
import Testing

@testable import Networks

/// Clipped sums against the gradients of one image at a time, formed by plans that know nothing of clipping.
@Suite struct PrivateSlotTests {
  /// What the slots of one step leave.
  struct Step: Sendable {
    /// By parameter name, of all slots together.
    var gradients: [String: Tensor] = [:]
    /// Of each image before it is clipped.
    var lengths: [Int: Double] = [:]
    var lossSum = 0.0
    var imageCount = 0
  }

  static func step(
    _ network: Network, _ images: LabelledImages, lot: [Int], clip: Double, lotSize: Int = 1,
    microBatch: Int = 3,
    slotCount: Int = 2, frozen: Set<Int> = [], seed: UInt64 = 1
  ) throws -> Step {
    let result = Mutex<Step?>(nil)
    try WorkerPool(workerCount: 1).run { _ in
      let device = try Device()
      let store = try ParameterStore(
        of: network, layouts: TrainingSession.homeLayouts(network.graph, microBatch: 1, device), on: device)
      var step = Step()
      var sums: [String: [Float]] = [:]
      for number in 0..<slotCount {
        let slot = try PrivateSlot(
          number: number, store: store, frozen: frozen,
          privacy: PrivateTraining(clip: clip, noiseMultiplier: 0), lotSize: lotSize, microBatch: microBatch)
        let lengths = Mutex<[Int: Double]>([:])
        slot.onLength = { image, length in lengths.withLock { $0[image] = length } }
        try slot.run(
          lot[...], of: ClassifiedExamples(images: images, loss: .softmax),
          TrainingStep(
            seed: seed, epoch: 0, number: 5, augmentation: Augmentation(), microBatch: microBatch,
            slotCount: slotCount))
        step.lossSum += slot.lossSum
        step.imageCount += slot.imageCount
        step.lengths.merge(lengths.withLock { $0 }) { _, new in new }
        for (index, parameter) in network.graph.parameters.enumerated() where parameter.isTrained {
          let part = try store.tensor(of: store.gradient(of: index, in: slot.gradient), parameter: index)
          let sum = sums[parameter.name] ?? Array(repeating: 0, count: part.elements.count)
          sums[parameter.name] = zip(sum, part.elements).map(+)
        }
      }
      for parameter in network.graph.parameters {
        step.gradients[parameter.name] = sums[parameter.name].map {
          Tensor(shape: parameter.shape, elements: $0)
        }
      }
      let done = step
      result.withLock { $0 = done }
    }
    return result.withLock { $0! }
  }

  static func length(_ gradients: [String: Tensor]) -> Double {
    gradients.values.reduce(0) { $1.elements.reduce($0) { $0 + Double($1) * Double($1) } }.squareRoot()
  }

  static let cases = GradientTests.cases.filter { item in
    !item.architecture.nodes.contains { if case .batchNorm = $0.layer { true } else { false } }
  }

  static func scene(_ architecture: Architecture, count: Int) throws -> (Network, LabelledImages) {
    let graph = try Graph(architecture)
    let images = SyntheticImages.make(count: count, shape: architecture.input, classCount: graph.classCount)
    return (Network(initializing: graph, seed: 5), images)
  }

  @Test("Lengths and clipped sums are those of gradients formed one image at a time", arguments: cases)
  func oneAtATime(_ item: GradientTests.Case) throws {
    let (network, images) = try Self.scene(item.architecture, count: 9)
    let lot = [0, 1, 2, 3, 5, 6, 8, 4]  // two slots of 3, and what is left goes to the first again
    let single = try lot.map { image in
      try TrainingPass.run(network, images: images.tensor(of: [image]), labels: [images.labels[image]])
    }
    let lengths = single.map { Self.length($0.gradients) }
    let clip = lengths.sorted()[4]  // some are clipped and some are not
    let found = try Self.step(network, images, lot: lot, clip: clip, lotSize: 10)
    #expect(found.imageCount == 8)
    #expect(abs(found.lossSum - single.reduce(0) { $0 + $1.loss }) < 1e-4 * found.lossSum)
    for (image, length) in zip(lot, lengths) {
      let measured = try #require(found.lengths[image])
      // Float sums in another order.
      #expect(abs(measured - length) < 1e-4 * length + 1e-7, "image \(image): \(measured), alone \(length)")
    }
    for parameter in network.graph.parameters where parameter.isTrained {
      let sum = try #require(found.gradients[parameter.name])
      for index in sum.elements.indices {
        let expected = zip(single, lengths).reduce(0.0) { total, image in
          total + Double(image.0.gradients[parameter.name]!.elements[index]) / max(1, image.1 / clip) / 10
        }
        #expect(
          abs(Double(sum.elements[index]) - expected) < 1e-4 * max(clip / 10, abs(expected)),
          "\(parameter.name)[\(index)]")
      }
    }
  }

  @Test(
    "No image changes the sum by more than C", arguments: [Architecture.Named.mlp, .maxout, .lenet, .rbf])
  func sensitivity(_ name: Architecture.Named) throws {
    let shape = ImageShape(channels: 1, height: 8, width: 8)
    let (network, images) = try Self.scene(.named(name, input: shape, classCount: 4), count: 7)
    let clip = 0.05
    // One image a micro-batch: leaving one out must not change what dropout draws for the others.
    let whole = try Self.step(network, images, lot: Array(0..<7), clip: clip, microBatch: 1, slotCount: 7)
    let less = try Self.step(network, images, lot: Array(0..<6), clip: clip, microBatch: 1, slotCount: 7)
    let change = Self.length(
      whole.gradients.mapValues { $0 }.merging(less.gradients) { one, other in
        Tensor(shape: one.shape, elements: zip(one.elements, other.elements).map(-))
      })
    // Its gradient is longer than C, so the change is C but for rounding of Float.
    #expect(whole.lengths[6]! > clip && abs(change - clip) < 1e-5 * clip + 1e-7, "\(change)")
    #expect(try Self.length(Self.step(network, images, lot: [6], clip: clip).gradients) <= clip * (1 + 1e-6))
  }

  @Test("Dropout draws one mask for the length of a gradient and for the gradient itself")
  func dropout() throws {
    let shape = ImageShape(channels: 1, height: 6, width: 6)
    let nodes: [Architecture.Node] = [
      .init("flatten", .flatten), .init("drop", .dropout(rate: 0.4)),
      .init("fc", .linear(outputs: 30, bias: true)),
      .init("relu", .relu), .init("drop2", .dropout(rate: 0.5)),
      .init("logits", .linear(outputs: 4, bias: true)),
    ]
    let (network, images) = try Self.scene(Architecture(name: "d", input: shape, nodes: nodes), count: 4)
    for image in 0..<4 {
      let free = try Self.step(network, images, lot: [image], clip: .infinity)
      let length = Self.length(free.gradients)
      #expect(abs(free.lengths[image]! - length) < 1e-5 * length)
      let clipped = try Self.step(network, images, lot: [image], clip: length / 4)
      for (name, gradient) in clipped.gradients {
        for (found, whole) in zip(gradient.elements, free.gradients[name]!.elements) {
          #expect(abs(found - whole / 4) < 1e-6)
        }
      }
      // Another step, another mask.
      let other = try Self.step(network, images, lot: [image], clip: .infinity, seed: 2)
      #expect(other.gradients["fc.weight"] != free.gradients["fc.weight"])
    }
  }

  @Test(
    "Two equal images of a lot get dropout masks of their own, together or one at a time",
    arguments: [false, true])
  func ownMasks(_ hasConvolution: Bool) throws {
    let shape = ImageShape(channels: 1, height: 6, width: 6)
    let stem: [Architecture.Node] =
      hasConvolution
      ? [.init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3, padding: 1)))] : []
    let nodes =
      stem + [
        .init("flatten", .flatten), .init("drop", .dropout(rate: 0.5)),
        .init("logits", .linear(outputs: 4, bias: true)),
      ]
    let (network, one) = try Self.scene(Architecture(name: "d", input: shape, nodes: nodes), count: 1)
    let twice = one.selecting([0, 0])
    let alone = try Self.step(network, twice, lot: [0], clip: .infinity)
    let both = try Self.step(network, twice, lot: [0, 1], clip: .infinity)
    let lengths = both.lengths
    #expect(lengths.count == 2 && lengths[0] == alone.lengths[0] && lengths[0] != lengths[1])
  }

  @Test("Frozen layers take no part in the length")
  func frozen() throws {
    let shape = ImageShape(channels: 1, height: 8, width: 8)
    for name in [Architecture.Named.mlp, .lenet] {
      let (network, images) = try Self.scene(.named(name, input: shape, classCount: 4), count: 3)
      let last = network.graph.nodes.count - 1
      let frozen = Set(
        network.graph.nodes.indices.filter { $0 != last && !network.graph.nodes[$0].parameters.isEmpty })
      let found = try Self.step(network, images, lot: [0, 1, 2], clip: .infinity, frozen: frozen)
      for image in 0..<3 {
        let alone = try TrainingPass.run(
          network, images: images.tensor(of: [image]), labels: [images.labels[image]])
        let length = Self.length(alone.gradients.filter { $0.key.hasPrefix("classifier") })
        #expect(abs(found.lengths[image]! - length) < 1e-4 * length)
      }
    }
  }

  @Test("An empty lot leaves a gradient of zero")
  func empty() throws {
    let shape = ImageShape(channels: 1, height: 8, width: 8)
    let (network, images) = try Self.scene(.named(.mlp, input: shape, classCount: 4), count: 3)
    let found = try Self.step(network, images, lot: [], clip: 1)
    #expect(found.imageCount == 0 && found.gradients.values.allSatisfy { $0.elements.allSatisfy { $0 == 0 } })
  }
}
