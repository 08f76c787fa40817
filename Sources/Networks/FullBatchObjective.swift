import Foundation
import OneDNN
import Synchronization
import Tensors

/// The mean loss over all examples, with penalties, as a function of a network's trained parameters.
///
/// Examples are split into micro-batches, these into a fixed number of blocks. A worker sums the gradients of a block
/// in Double, and then each worker sums the blocks, in order, over its own range. So the sums do not depend on the
/// number of workers.
///
/// `@unchecked Sendable`: a block is used only by the worker that owns its number; parameters and sums are written
/// between barriers, each range or field by one worker.
final class FullBatchObjective: @unchecked Sendable {
  struct Evaluation {
    /// Mean loss plus penalties: the quantity minimised.
    var value = 0.0
    var meanLoss = 0.0
    var accuracy = 0.0
  }

  /// Blocks of micro-batches: enough for any processor, few enough for memory.
  private static let blockCount = 32

  private let examples: any TrainingExamples
  private let pool: WorkerPool
  private let store: ParameterStore
  private let slots: [TrainingSlot]
  private let blocks: [Block]
  /// The position of each variable array in the store, and in the vector of variables.
  private let pieces: [Piece]
  private let run: Plan.Run
  let variableCount: Int

  private struct Piece {
    let stored: Range<Int>
    let variables: Range<Int>
    let penalty: Penalties.Term?
  }

  /// `@unchecked Sendable`: used by one worker at a time.
  private final class Block: @unchecked Sendable {
    let microBatches: [Range<Int>]
    var gradient: [Double]
    var loss = 0.0
    var correctCount = 0

    init(microBatches: [Range<Int>], storedCount: Int) {
      self.microBatches = microBatches
      gradient = [Double](repeating: 0, count: storedCount)
    }
  }

  /// - Parameters:
  ///   - workerCount: Reduced if memory is short; sums keep their order.
  ///   - byteCountBesides: Memory that the caller will need as well.
  /// - Throws: ``MemoryShortage`` before memory is allocated.
  init(
    _ configuration: TrainingConfiguration, examples: some TrainingExamples, workerCount: Int,
    network: Network, byteCountBesides: Int = 0
  ) throws {
    self.examples = examples
    run = Plan.Run(seed: configuration.seed)
    let workerCount = try Self.affordedWorkerCount(
      of: workerCount, configuration, exampleCount: examples.count, network: network,
      besides: byteCountBesides)
    pool = WorkerPool(workerCount: workerCount)
    let graph = network.graph
    let frozen = try configuration.frozenPositions(in: graph)
    let terms = try configuration.penalties?.terms(of: graph, frozen: frozen) ?? []
    let ranges = Self.microBatches(configuration, exampleCount: examples.count)
    let built = Mutex<Built?>(nil)
    // On a worker: an operation's thread count is fixed where it is created.
    try pool.run { worker in
      guard worker == 0 else { return }
      let result = try Self.build(
        configuration, exampleCount: examples.count, network: network, workerCount: workerCount, on: Device())
      built.withLock { $0 = result }
    }
    let parts = built.withLock { $0! }  // run threw otherwise
    (store, slots) = (parts.store, parts.slots)

    let blockCount = min(Self.blockCount, ranges.count)
    blocks = (0..<blockCount).map { [store] block in
      Block(
        microBatches: Array(
          ranges[ranges.count * block / blockCount..<ranges.count * (block + 1) / blockCount]),
        storedCount: store.trained.count)
    }
    var variableCount = 0
    pieces = graph.nodes.indices.filter { !frozen.contains($0) }.flatMap { graph.nodes[$0].parameters }
      .filter { graph.parameters[$0].isTrained }.map { [store] parameter in
        let stored = store.range(of: parameter)
        let variables = variableCount..<variableCount + stored.count
        variableCount = variables.upperBound
        return Piece(
          stored: stored, variables: variables, penalty: terms.first { $0.parameter == parameter })
      }
    self.variableCount = variableCount
  }

  struct Built: Sendable {
    let store: ParameterStore
    let slots: [TrainingSlot]
  }

  private static func microBatches(_ configuration: TrainingConfiguration, exampleCount: Int) -> [Range<Int>]
  {
    let size = min(configuration.microBatch, exampleCount)
    return stride(from: 0, to: exampleCount, by: size).map { $0..<min($0 + size, exampleCount) }
  }

  /// Builds what the workers use, in memory as long as the objective lives.
  static func build(
    _ configuration: TrainingConfiguration, exampleCount: Int, network: Network, workerCount: Int,
    on device: Device
  ) throws -> Built {
    let frozen = try configuration.frozenPositions(in: network.graph)
    let ranges = microBatches(configuration, exampleCount: exampleCount)
    let store = try ParameterStore(
      of: network,
      layouts: TrainingSession.homeLayouts(network.graph, microBatch: ranges[0].count, device), on: device)
    let slots = try (0..<workerCount).map { try TrainingSlot(number: $0, store: store, frozen: frozen) }
    for slot in slots {
      for count in Set(ranges.map(\.count)).sorted() { try slot.prepare(for: count) }
    }
    return Built(store: store, slots: slots)
  }

  /// Number of workers for which there is memory.
  ///
  /// - Parameter byteCount: Memory that the caller will need as well.
  private static func affordedWorkerCount(
    of workerCount: Int, _ configuration: TrainingConfiguration, exampleCount: Int, network: Network,
    besides byteCount: Int
  ) throws -> Int {
    func peak(_ workerCount: Int) throws -> Int {
      try MemoryReckoning.peak {
        try build(
          configuration, exampleCount: exampleCount, network: network, workerCount: workerCount, on: $0)
      }
    }
    let one = try peak(1)
    let blocks = min(blockCount, microBatches(configuration, exampleCount: exampleCount).count)
    let sums = boundedProduct(blocks, network.graph.parameterByteCount / 4, MemoryLayout<Double>.stride)
    return try MemoryReckoning.workerCount(
      of: workerCount, one: one + sums + byteCount, further: workerCount > 1 ? peak(2) - one : 0,
      for: "training \(network.graph.architecture.name) by L-BFGS",
      advice: "train with --optimizer sgd or adam, or with a smaller --micro-batch")
  }

  /// - Throws: ``MemoryShortage`` when there is not enough memory for one worker.
  static func checkMemory(
    _ configuration: TrainingConfiguration, exampleCount: Int, network: Network, memory: Int
  ) throws {
    _ = try affordedWorkerCount(
      of: 1, configuration, exampleCount: exampleCount, network: network,
      besides: LBFGSTraining.byteCount(network, memory: memory))
  }

  /// The current parameters, in the order of the variables.
  func variables() -> [Double] {
    pieces.flatMap { piece in piece.stored.map { Double(store.trained.floats[$0]) } }
  }

  /// - Parameters:
  ///   - point: Rounded to Float for the network.
  ///   - gradient: As long as `point`; overwritten.
  func evaluate(at point: [Double], gradient: inout [Double]) throws -> Evaluation {
    precondition(
      point.count == variableCount && gradient.count == variableCount, "expected \(variableCount) variables")
    let barrier = Barrier(threadCount: pool.workerCount)
    try point.withUnsafeBufferPointer { point in
      // Raw pointers are not Sendable; each worker writes its own range.
      nonisolated(unsafe) let point = point
      try gradient.withUnsafeMutableBufferPointer { gradient in
        nonisolated(unsafe) let gradient = gradient
        try pool.run { [self] worker in try work(worker, point, gradient, barrier) }
      }
    }
    var result = Evaluation()
    var correctCount = 0
    for block in blocks {
      result.meanLoss += block.loss
      correctCount += block.correctCount
    }
    result.meanLoss /= Double(examples.count)
    result.accuracy = Double(correctCount) / Double(examples.count)
    result.value =
      result.meanLoss
      + point.withUnsafeBufferPointer { point in
        pieces.reduce(0) { sum, piece in
          sum + (piece.penalty?.value(UnsafeBufferPointer(rebasing: point[piece.variables])) ?? 0)
        }
      }
    return result
  }

  /// A worker's part. A worker that fails still reaches the barriers, so that none waits forever.
  private func work(
    _ worker: Int, _ point: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>,
    _ barrier: Barrier
  ) throws {
    let workerCount = pool.workerCount
    let share = variableCount * worker / workerCount..<variableCount * (worker + 1) / workerCount
    func forEachOwned(_ body: (_ piece: Piece, _ variables: Range<Int>, _ offset: Int) -> Void) {
      for piece in pieces {
        let own = piece.variables.clamped(to: share)
        if !own.isEmpty { body(piece, own, piece.stored.lowerBound - piece.variables.lowerBound) }
      }
    }
    let stored = store.trained.floats
    forEachOwned { _, variables, offset in
      for index in variables { stored[index + offset] = Float(point[index]) }
    }
    if barrier.wait(failed: false) { return }
    var failure: (any Error)?
    do {
      if store.hasCopies { try store.refresh(share: worker, of: workerCount, on: Stream(on: store.device)) }
    } catch { failure = error }
    if barrier.wait(failed: failure != nil) {
      if let failure { throw failure }
      return
    }
    do {
      for block in stride(from: worker, to: blocks.count, by: workerCount) {
        try run(blocks[block], with: slots[worker])
      }
    } catch { failure = error }
    if barrier.wait(failed: failure != nil) {
      if let failure { throw failure }
      return
    }
    forEachOwned { piece, variables, offset in
      for index in variables { gradient[index] = piece.penalty?.slope(at: point[index]) ?? 0 }
      for block in blocks {
        block.gradient.withUnsafeBufferPointer { sums in
          for index in variables { gradient[index] += sums[index + offset] }
        }
      }
    }
  }

  private func run(_ block: Block, with slot: TrainingSlot) throws {
    block.loss = 0
    block.correctCount = 0
    let count = block.gradient.count
    block.gradient.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    for range in block.microBatches {
      try slot.run(
        Array(range)[...], of: examples, batchCount: examples.count, augmentation: Augmentation(), epoch: 0,
        pass: run)
      block.loss += slot.lossSum
      block.correctCount += slot.correctCount
      let partial = slot.gradient.floats
      block.gradient.withUnsafeMutableBufferPointer { sums in
        for index in 0..<count { sums[index] += Double(partial[index]) }
      }
    }
  }

  /// The network at the given variables.
  func network(at point: [Double]) throws -> Network {
    let taken = Mutex<Network?>(nil)
    try pool.run { [self] worker in
      guard worker == 0 else { return }
      for piece in pieces {
        for (stored, variable) in zip(piece.stored, piece.variables) {
          store.trained.floats[stored] = Float(point[variable])
        }
      }
      let network = try Network(graph: store.graph, parameters: store.tensors())
      taken.withLock { $0 = network }
    }
    return taken.withLock { $0! }  // run threw otherwise
  }
}
