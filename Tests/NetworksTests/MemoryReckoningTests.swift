import Foundation
import OneDNN
import Synchronization
import Tensors
import Testing

@testable import Networks

/// What is reckoned is what is taken, for every architecture and purpose.
@Suite struct MemoryReckoningTests {
  struct Work: Sendable, CustomTestStringConvertible {
    let name: String
    let build: @Sendable (Network, Device) throws -> any Sendable

    var testDescription: String { name }
  }

  /// Holds what may be used by one thread only, and is used by none.
  private struct Kept: @unchecked Sendable {
    let plans: [Plan]
  }

  private static func plans(_ name: String, _ purpose: @escaping @Sendable (Graph) -> Purpose) -> Work {
    Work(name: name) { network, device in
      let store = try ParameterStore(of: network, on: device)
      return Kept(
        plans: try (0..<2).map { _ in
          try Plan(PlanBuilder(network.graph, purpose: purpose(network.graph), microBatch: 8, store: store))
        })
    }
  }

  private static func training(
    _ name: String, optimizer: Optimizer = .sgd(momentum: 0.9, weightDecay: 0),
    adversarial: AdversarialTraining? = nil, privacy: PrivateTraining? = nil
  ) -> Work {
    Work(name: name) { network, device in
      let hasDistances = network.graph.nodes.contains { if case .rbf = $0.layer { true } else { false } }
      var configuration = TrainingConfiguration(
        batchSize: 24, microBatch: 8, optimizer: optimizer, loss: hasDistances ? .exponential : .softmax)
      configuration.adversarial = adversarial
      configuration.privacy = privacy
      // Batches of 24, and a last one of 20.
      return try TrainingSession.build(
        configuration, exampleCount: 68, state: TrainingState(starting: network), sparsity: nil, on: device)
    }
  }

  static let work = [
    plans("logits") { .output(node: $0.nodes.count - 1) },
    plans("features") { .output(node: $0.featureLayer ?? 0) },
    plans("gradients of images") { _ in .imageGradient },
    training("training"),
    training("training with moments", optimizer: .adam(weightDecay: 0)),
    training(
      "adversarial training",
      adversarial: AdversarialTraining(.fgsm, epsilon: 0.1)),
    training("private training", privacy: PrivateTraining(clip: 1, noiseMultiplier: 1)),
    Work(name: "training by L-BFGS") { network, device in
      try FullBatchObjective.build(
        TrainingConfiguration(microBatch: 8), exampleCount: 20, network: network, workerCount: 2, on: device)
    },
  ]

  @Test(
    "What is reckoned is what is taken, to the byte", arguments: Architecture.Named.allCases, work)
  func exact(_ name: Architecture.Named, _ work: Work) throws {
    let shape = ImageShape(channels: name == .resnet8 ? 3 : 1, height: 28, width: 28)
    let graph = try Graph(.named(name, input: shape, classCount: 10))
    if work.name == "private training", graph.nodes.contains(where: { $0.layer.kind == "batchNorm" }) {
      return
    }
    let network = Network(initializing: graph, seed: 1)
    let reckoned = try MemoryReckoning.peak { try work.build(network, $0) }
    let (peak, current, rest) = try MemoryReckoning.onWorker { () throws -> (Int, Int, Int) in
      let device = try Device()
      let current = try withExtendedLifetime(work.build(network, device)) { device.ledger.current }
      return (device.ledger.peak, current, device.ledger.current)
    }
    #expect(reckoned == peak)
    #expect(peak >= current && peak > graph.parameterByteCount)
    #expect(rest == 0)
  }

  @Test("The need of an engine is that of its plans")
  func engineNeed() throws {
    let graph = try Graph(
      .named(.lenet, input: ImageShape(channels: 1, height: 28, width: 28), classCount: 10))
    let network = Network(initializing: graph, seed: 1)
    let need = try PlanNeed(network, .imageGradient, microBatch: 16)
    for count in 1...3 {
      let taken = try MemoryReckoning.peak { device in
        let store = try ParameterStore(of: network, on: device)
        return try (0..<count).map { _ in
          try Plan(PlanBuilder(graph, purpose: .imageGradient, microBatch: 16, store: store))
        }
      }
      let store = try MemoryReckoning.peak { try ParameterStore(of: network, on: $0).trained }
      #expect(taken - store <= need.first + (count - 1) * need.further)
      #expect(need.parameters + need.first + (count - 1) * need.further >= taken)
      #expect(need.parameters + need.first + (count - 1) * need.further - taken <= need.parameters)
    }
  }

  @Test("Maps of gigabytes are reckoned without touching memory, in a moment")
  func huge() throws {
    let network = try Self.wide()
    let start = ContinuousClock.now
    let before = try Self.residentBytes()
    let need = try PlanNeed(network, .output(node: network.graph.nodes.count - 1), microBatch: 32)
    // 32 images of 4 channels of 4008×4008 values.
    #expect(need.further >= 32 * 4 * 4008 * 4008 * 4)
    #expect(try Self.residentBytes() - before < 200 << 20)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("Of thousands of layers no more are described than it takes to know that they do not fit")
  func ceiling() throws {
    let network = try Self.wide(layerCount: 2000)
    let start = ContinuousClock.now
    AvailableMemory.$assumed.withValue(AvailableMemory(byteCount: 4 << 30, limit: .machine)) {
      #expect(throws: MemoryShortage.self) {
        try PlanNeed.fitting(network, .output(node: network.graph.nodes.count - 1), microBatch: 32)
      }
    }
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test("A micro-batch is halved until its plan is below the limit, whatever the machine has")
  func halving() throws {
    let network = try Self.wide()
    let last = network.graph.nodes.count - 1
    let found = [1 << 32, 1 << 50].map { byteCount in
      AvailableMemory.$assumed.withValue(AvailableMemory(byteCount: byteCount, limit: .machine)) {
        Result { try PlanNeed.fitting(network, .output(node: last), microBatch: 32) }
      }
    }
    let sizes = try found.map { try $0.get().microBatch }
    #expect(sizes[0] == sizes[1])
    #expect(sizes[0] < 32)
    #expect(try found[0].get().need.further <= PlanNeed.planLimit)
  }

  @Test(
    "Workers for which there is no memory have no work; who wants to know is told, and logits are the same")
  func fewerWorkers() throws {
    let network = try EngineTests.network()
    let images = EngineTests.images(70)
    let expected = try Engine(running: network, workerCount: 3).logits(of: images)
    let need = try PlanNeed(network, .output(node: network.graph.nodes.count - 1), microBatch: 32)
    let results = 70 * 5 * 4 * 2
    let told = Mutex<[String]>([])
    let concessions = MemoryConcessions { sentence in told.withLock { $0.append(sentence) } }
    let available = AvailableMemory(
      byteCount: need.first + results + need.further + need.further / 2, limit: .machine)
    let found = try AvailableMemory.$assumed.withValue(available) {
      try MemoryConcessions.$current.withValue(concessions) {
        try Engine(running: network, workerCount: 3).logits(of: images)
      }
    }
    #expect(found == expected)
    #expect(concessions.workerCount(of: 3) == 2)
    #expect(concessions.workerCount(of: 1) == 1)
    #expect(told.withLock { $0 }.count == 1)
    #expect(told.withLock { $0 }.first?.contains("3 workers would need") == true)
  }

  @Test("Too little for one worker is one error that says what needs how much and how much there is")
  func shortage() throws {
    let network = try EngineTests.network()
    let images = EngineTests.images(3)
    let parameters = try MemoryReckoning.peak { try ParameterStore(of: network, on: $0) }
    func expect(_ byteCount: Int, _ limit: AvailableMemory.Limit, saying words: [String]) {
      #expect {
        try AvailableMemory.$assumed.withValue(AvailableMemory(byteCount: byteCount, limit: limit)) {
          try Engine(running: network, workerCount: 2).logits(of: images)
        }
      } throws: { error in
        error is MemoryShortage && words.allSatisfy { "\(error)".contains($0) }
      }
    }
    expect(0, .addressSpace, saying: ["parameters of lenet needs", "ulimit -v"])
    expect(
      parameters, .controlGroup, saying: ["running lenet in micro-batches of 32 images needs", "container"])
  }

  @Test("Results that are too large are refused before memory is taken for them")
  func results() throws {
    let network = try EngineTests.network()
    let engine = try Engine(running: network, workerCount: 1)
    let source = AvailableMemory(byteCount: 60 << 20, limit: .machine)
    // 12 maps of 12×12 for each of many images, which are not there.
    let count = 40_000
    let images = Tensor(shape: [count, 1, 12, 12], elements: [Float](repeating: 0, count: count * 144))
    #expect(throws: MemoryShortage.self) {
      try AvailableMemory.$assumed.withValue(source) { try engine.features(of: images, layer: 0) }
    }
  }

  @Test(
    "Training that does not fit is refused, by every optimizer",
    arguments: [
      Optimizer.sgd(momentum: 0, weightDecay: 0), .adam(weightDecay: 0), .lbfgs(gradientTolerance: 1e-6),
    ])
  func trainingShortage(_ optimizer: Optimizer) throws {
    let images = SyntheticImages.make(count: 30)
    let graph = try Graph(.named(.fc100, input: images.shape, classCount: images.classNames.count))
    let state = TrainingState(starting: Network(initializing: graph, seed: 1))
    let trainer = Trainer(
      TrainingConfiguration(epochCount: 1, batchSize: 10, optimizer: optimizer), training: images,
      validation: nil)
    let little = AvailableMemory(byteCount: 1 << 16, limit: .machine)
    try trainer.checkMemory(for: state)
    AvailableMemory.$assumed.withValue(little) {
      #expect(throws: MemoryShortage.self) { try trainer.checkMemory(for: state) }
      #expect(throws: MemoryShortage.self) { try trainer.train(from: state) }
    }
  }

  /// Convolutions; the padding of the first makes 4008×4008 maps of an 8×8 image.
  private static func wide(layerCount: Int = 1) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "wide", input: ImageShape(channels: 1, height: 8, width: 8),
        nodes: (0..<layerCount).map { layer in
          .init(
            "c\(layer)",
            .convolution(Convolution(outputChannels: 4, kernel: 1, padding: layer == 0 ? 2000 : 0)))
        } + [
          .init("g", .globalAveragePool), .init("f", .flatten),
          .init("o", .linear(outputs: 3, bias: true)),
        ]))
    return Network(initializing: graph, seed: 1)
  }

  private static func residentBytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(pages[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
