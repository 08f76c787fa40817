import Datasets
import Foundation
import OneDNN
import Synchronization
import Tensors

/// The machinery of one training run: workers, parameters, slots and the optimizer's moments.
///
/// `@unchecked Sendable`: a slot is used only by the worker that owns its number; parameters, moments and sums are
/// written between barriers, each range or field by one worker.
final class TrainingSession: @unchecked Sendable {
  struct Sums {
    var loss = 0.0
    var correctCount = 0
    var imageCount = 0
    var stepCount = 0

    /// The mean loss over the images seen; 0 if there were none, since all lots of private training may be empty.
    var meanLoss: Double { loss / Double(max(imageCount, 1)) }
    var accuracy: Double { Double(correctCount) / Double(max(imageCount, 1)) }
  }

  private let configuration: TrainingConfiguration
  private let examples: any TrainingExamples
  private let workerCount: Int
  private let pool: WorkerPool
  private let store: ParameterStore
  private let slots: [any StepSlot]
  private let noise: GradientNoise?
  private let moments: [Buffer]
  private let unitColumns: UnitColumns?
  /// The ranges that the optimizer updates: everything that is not frozen.
  private let trainedRanges: [Range<Int>]
  private let penalties: [(range: Range<Int>, term: Penalties.Term)]
  private var sums = Sums()

  struct Built: Sendable {
    let store: ParameterStore
    let slots: [any StepSlot]
    let moments: [Buffer]
    let noise: GradientNoise?
  }

  /// - Parameters:
  ///   - unitColumnsNode: See ``UnitColumns``; a linear layer that reads a vector.
  ///   - isValidated: Whether an engine will evaluate the network after each epoch, while all this is in memory.
  /// - Throws: ``MemoryShortage`` before memory is allocated.
  init(
    _ configuration: TrainingConfiguration, examples: some TrainingExamples, workerCount: Int,
    state: TrainingState, unitColumnsNode: String? = nil,
    sparsity: (node: String, Sparsity)? = nil, isValidated: Bool = false
  ) throws {
    self.configuration = configuration
    self.examples = examples
    self.workerCount = workerCount
    try Self.checkMemory(
      configuration, exampleCount: examples.count, state: state, sparsity: sparsity, isValidated: isValidated)
    pool = WorkerPool(workerCount: workerCount)
    let graph = state.network.graph
    let frozen = try configuration.frozenPositions(in: graph)
    let terms = try configuration.penalties?.terms(of: graph, frozen: frozen) ?? []
    let built = Mutex<Built?>(nil)
    // On a worker: an operation's thread count is fixed where it is created.
    try pool.run { worker in
      guard worker == 0 else { return }
      let result = try Self.build(
        configuration, exampleCount: examples.count, state: state, sparsity: sparsity, on: Device())
      built.withLock { $0 = result }
    }
    let parts = built.withLock { $0! }  // run threw otherwise
    (store, slots, moments, noise) = (parts.store, parts.slots, parts.moments, parts.noise)
    trainedRanges =
      frozen.isEmpty
      ? [0..<store.trained.count]
      : store.trainedRanges(frozen: frozen)
    penalties = terms.map { [store] in (store.range(of: $0.parameter), $0) }
    unitColumns = unitColumnsNode.map { [store] name in
      guard let position = graph.position(of: name), let product = LinearProduct(graph, node: position) else {
        preconditionFailure("\(name) is no linear layer that reads a vector")
      }
      return UnitColumns(
        product: product, weights: store.home(of: graph.nodes[position].parameters.lowerBound).floats)
    }
  }

  /// Builds everything that is in memory as long as training runs.
  static func build(
    _ configuration: TrainingConfiguration, exampleCount: Int, state: TrainingState,
    sparsity: (node: String, Sparsity)?, on device: Device
  ) throws -> Built {
    let graph = state.network.graph
    let frozen = try configuration.frozenPositions(in: graph)
    let sparse = sparsity.map { sparsity in
      guard let position = graph.position(of: sparsity.node) else {
        preconditionFailure("no node is called \(sparsity.node)")
      }
      return (position: position, sparsity.1)
    }
    let isPrivate = configuration.privacy != nil
    let size = min(configuration.microBatch, exampleCount)
    // If private training does not use micro-batches, it uses single images.
    let layouts = try Self.homeLayouts(graph, microBatch: isPrivate ? 1 : size, device)
    let store = try ParameterStore(of: state.network, layouts: layouts, on: device)
    let largest = min(configuration.batchSize, exampleCount)
    let slotCount = (largest + configuration.microBatch - 1) / configuration.microBatch
    var slots: [any StepSlot] = []
    var noise: GradientNoise?
    if let privacy = configuration.privacy {
      slots = try (0..<slotCount).map {
        try PrivateSlot(
          number: $0, store: store, frozen: frozen, privacy: privacy, lotSize: largest,
          microBatch: configuration.microBatch)
      }
      if privacy.noiseMultiplier > 0 {
        noise = try GradientNoise(
          deviation: Float(privacy.noiseMultiplier * privacy.clip / Double(largest)),
          seed: configuration.seed,
          store: store, frozen: frozen)
      }
    } else {
      let plain = try (0..<slotCount).map {
        try TrainingSlot(
          number: $0, store: store, frozen: frozen, adversarial: configuration.adversarial, sparsity: sparse
        )
      }
      for size in Self.batchSizes(configuration, imageCount: exampleCount) {
        for (slot, range) in zip(plain, Self.ranges(of: size, configuration.microBatch)) {
          try slot.prepare(for: range.count)
        }
      }
      slots = plain
    }
    let moments = try (0..<configuration.optimizer.momentCount).map { moment in
      let buffer = try Buffer(count: store.trained.count, on: device)
      for (given, parameter) in zip(
        state.moments.isEmpty ? [] : state.moments[moment], graph.trainedParameterPositions)
      {
        try store.write(given, to: store.gradient(of: parameter, in: buffer), parameter: parameter)
      }
      return buffer
    }
    return Built(store: store, slots: slots, moments: moments, noise: noise)
  }

  /// - Throws: ``MemoryShortage`` when training would need more memory than is available.
  static func checkMemory(
    _ configuration: TrainingConfiguration, exampleCount: Int, state: TrainingState,
    sparsity: (node: String, Sparsity)? = nil, isValidated: Bool
  ) throws {
    let network = state.network
    let session = try MemoryReckoning.peak {
      try build(configuration, exampleCount: exampleCount, state: state, sparsity: sparsity, on: $0)
    }
    let judge = try isValidated ? Engine.leastNeed(network) : 0
    // After an epoch: network, moments and best network as values, and as the bytes of a checkpoint.
    let valueCount = 1 + configuration.optimizer.momentCount + (configuration.patience == nil ? 0 : 1)
    let snapshot = 2 * valueCount * network.graph.parameterByteCount
    try MemoryShortage.check(
      session + judge + snapshot, for: "training \(network.graph.architecture.name)",
      advice: "train with a smaller --batch or --micro-batch")
  }

  /// Layouts in which oneDNN computes the gradients of weights: with these the optimizer needs no copies.
  static func homeLayouts(
    _ graph: Graph, microBatch: Int, _ device: Device
  ) throws -> [Int: MemoryDescription] {
    var layouts: [Int: MemoryDescription] = [:]
    for (position, node) in graph.nodes.enumerated() {
      switch node.layer {
      case .convolution where WinogradConvolution(graph, node: position) != nil:
        layouts[node.parameters.lowerBound] = try .outputsLast(
          graph.storedExtents(ofParameter: node.parameters.lowerBound))
      case .linear where LinearProduct(graph, node: position) != nil:
        layouts[node.parameters.lowerBound] = try LinearProduct(graph, node: position)?.layout
      case .convolution, .linear:
        let operation = try WeightedOperation(
          graph, node: position, microBatch: microBatch, activation: nil, givesSourceGradient: false,
          givesWeightsGradient: true, on: device)
        layouts[node.parameters.lowerBound] = try operation.weightsGradient?.weightsGradient
      default: break
      }
    }
    return layouts
  }

  /// The batch sizes that occur in an epoch.
  private static func batchSizes(_ configuration: TrainingConfiguration, imageCount: Int) -> Set<Int> {
    let full = min(configuration.batchSize, imageCount)
    let rest = imageCount % configuration.batchSize
    return rest == 0 ? [full] : [full, rest]
  }

  private static func ranges(of batch: Int, _ microBatch: Int) -> [Range<Int>] {
    stride(from: 0, to: batch, by: microBatch).map { $0..<min($0 + microBatch, batch) }
  }

  /// One pass over all images in an order drawn from (seed, epoch); for private training, the lots of one epoch.
  func runEpoch(
    _ epoch: Int, stepCount: Int, progress: @escaping @Sendable (TrainingProgress) throws -> Void
  ) throws -> Sums {
    let batches = batches(epoch, firstStep: stepCount)
    let barrier = Barrier(threadCount: workerCount)
    sums = Sums()
    let reporter = ProgressReporter(epoch: epoch, configuration, imageCount: batches.imageCount, progress)
    try pool.run { [self] worker in
      try work(worker, epoch, stepCount, batches, barrier, reporter)
    }
    return sums
  }

  private func batches(_ epoch: Int, firstStep: Int) -> EpochBatches {
    guard configuration.privacy != nil else {
      var shuffler = SeededGenerator(seed: configuration.seed, stream: RandomStream.shuffle(epoch: epoch))
      return EpochBatches(shuffler.permutation(examples.count), batchSize: configuration.batchSize)
    }
    let (rate, count) = configuration.lots(of: examples.count)
    let lots = PoissonLots(imageCount: examples.count, samplingRate: rate, seed: configuration.seed)
    return EpochBatches((firstStep..<firstStep + count).map { lots.lot(step: $0) })
  }

  /// A worker's part of an epoch. A worker that fails still reaches the barriers, so that none waits forever.
  private func work(
    _ worker: Int, _ epoch: Int, _ firstStep: Int, _ batches: EpochBatches, _ barrier: Barrier,
    _ reporter: ProgressReporter
  ) throws {
    let stream = try Stream(on: store.device)
    var failure: (any Error)?
    func attempt(_ body: () throws -> Void) {
      guard failure == nil else { return }
      do { try body() } catch { failure = error }
    }
    let gradients = slots.map { Optional($0.gradient.floats) }
    let momentPointers = moments.map(\.floats)
    let share = store.share(worker, of: workerCount)
    for step in 0..<batches.count {
      let batch = batches[step]
      // Slots without work do not take part, except that one reports an empty lot.
      let slotCount = min(
        slots.count, max(1, (batch.count + configuration.microBatch - 1) / configuration.microBatch))
      let told = TrainingStep(
        seed: configuration.seed, epoch: epoch, number: firstStep + step,
        augmentation: configuration.augmentation, microBatch: configuration.microBatch,
        slotCount: slots.count)
      attempt {
        for slot in stride(from: worker, to: slotCount, by: workerCount) {
          try slots[slot].run(batch, of: examples, told)
        }
      }
      if barrier.wait(failed: failure != nil) { break }
      let rate = configuration.learningRate.value(
        at: Double(epoch) + Double(step) / Double(batches.count), of: configuration.epochCount)
      gradients.withUnsafeBufferPointer { gradients in
        momentPointers.withUnsafeBufferPointer { moments in
          if let first = gradients[0] {
            noise?.add(to: first, share, step: firstStep + step)
            addPenalties(to: first, share)
          }
          for range in trainedRanges where range.overlaps(share) {
            configuration.optimizer.update(
              store.trained.floats, gradients: UnsafeBufferPointer(rebasing: gradients[..<slotCount]),
              moments: moments, range: range.clamped(to: share), learningRate: rate,
              step: firstStep + step + 1)
          }
        }
      }
      if let unitColumns {
        // A column reaches into the shares of several workers.
        if barrier.wait(failed: failure != nil) { break }
        unitColumns.normalise(unitColumns.share(worker, of: workerCount))
      }
      if worker == 0 {
        attempt {
          try conclude(slots[..<slotCount], epoch: epoch, step: step)
          try reporter.report(sums)
        }
      }
      if barrier.wait(failed: failure != nil) { break }
      if store.hasCopies {
        attempt { try store.refresh(share: worker, of: workerCount, on: stream) }
        if barrier.wait(failed: failure != nil) { break }
      }
    }
    if let failure { throw failure }
  }

  /// Adds the gradient of the penalties to one slot's gradient, within a worker's share.
  private func addPenalties(to gradient: UnsafeMutablePointer<Float>, _ share: Range<Int>) {
    let weights = store.trained.floats
    for (range, term) in penalties {
      let (square, absolute) = (Float(2 * term.square), Float(term.absolute))
      for index in range.clamped(to: share) {
        let weight = weights[index]
        gradient[index] += square * weight + (weight == 0 ? 0 : weight > 0 ? absolute : -absolute)
      }
    }
  }

  /// Adds up what the slots saw, in their order.
  private func conclude(_ slots: ArraySlice<any StepSlot>, epoch: Int, step: Int) throws {
    for slot in slots {
      sums.loss += slot.lossSum
      sums.correctCount += slot.correctCount
      sums.imageCount += slot.imageCount
      for statistics in slot.batchStatistics { store.absorb(statistics) }
    }
    sums.stepCount += 1
    guard sums.loss.isFinite else { throw NetworkError.diverged(epoch: epoch + 1, step: step + 1) }
  }

  /// The current network and optimizer moments. Only between epochs.
  func snapshot() throws -> (Network, [[Tensor]]) {
    let taken = Mutex<(Network, [[Tensor]])?>(nil)
    try pool.run { [self] worker in
      guard worker == 0 else { return }
      let network = try Network(graph: store.graph, parameters: store.tensors())
      let moments = try self.moments.map { buffer in
        try store.graph.trainedParameterPositions.map {
          try store.tensor(of: store.gradient(of: $0, in: buffer), parameter: $0)
        }
      }
      taken.withLock { $0 = (network, moments) }
    }
    return taken.withLock { $0! }  // run threw otherwise
  }
}

/// Reports the progress of an epoch, at most every 50 ms.
///
/// `@unchecked Sendable`: only worker 0 calls it.
private final class ProgressReporter: @unchecked Sendable {
  private let epoch: Int
  private let epochCount: Int
  private let imageCount: Int
  private let tell: @Sendable (TrainingProgress) throws -> Void
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now

  init(
    epoch: Int, _ configuration: TrainingConfiguration, imageCount: Int,
    _ tell: @escaping @Sendable (TrainingProgress) throws -> Void
  ) {
    self.epoch = epoch
    epochCount = configuration.epochCount
    self.imageCount = imageCount
    self.tell = tell
  }

  func report(_ sums: TrainingSession.Sums) throws {
    let now = ContinuousClock.now
    guard now - last > .milliseconds(50) || sums.imageCount == imageCount else { return }
    last = now
    let seconds = max((now - start) / .seconds(1), 1e-9)
    try tell(
      TrainingProgress(
        epoch: epoch + 1, epochCount: epochCount, imagesDone: sums.imageCount, imageCount: imageCount,
        imagesPerSecond: Double(sums.imageCount) / seconds, loss: sums.meanLoss, accuracy: sums.accuracy))
  }
}
