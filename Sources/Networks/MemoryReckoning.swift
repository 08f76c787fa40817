import OneDNN
import Synchronization
import Tensors

/// Computes memory needs in advance, by first building everything on a device that only counts.
///
/// The very code that takes memory does the counting, so the two cannot disagree.
enum MemoryReckoning {
  /// The peak number of bytes while building, including what is built. Far above the available memory it is only a
  /// lower bound: a foreign network may have thousands of layers, and describing each takes time.
  ///
  /// - Parameter build: Called on a worker of its own, because an operation's needs depend on its number of threads.
  static func peak<Built>(_ build: @Sendable (Device) throws -> Built) throws -> Int {
    let ceiling = ceiling
    return try onWorker {
      let device = try Device.reckoning(ceiling: ceiling)
      do {
        return try withExtendedLifetime(build(device)) { device.ledger.peak }
      } catch let error as BufferError {
        return error.byteCount
      }
    }
  }

  /// Where counting ends: more is rejected in any case.
  static var ceiling: Int { boundedProduct(AvailableMemory.current.byteCount, 4) }

  static func onWorker<Result: Sendable>(_ body: @Sendable () throws -> Result) throws -> Result {
    let result = Mutex<Result?>(nil)
    try WorkerPool(workerCount: 1).run { _ in
      let found = try body()
      result.withLock { $0 = found }
    }
    return result.withLock { $0! }  // run threw otherwise
  }

  /// Number of requested workers for which there is memory.
  ///
  /// - Parameters:
  ///   - one: Bytes that one worker needs, shared allocations included.
  ///   - further: Bytes that each further worker needs.
  /// - Throws: ``MemoryShortage`` when there is not enough for one.
  static func workerCount(
    of asked: Int, one: Int, further: Int, for work: @autoclosure () -> String, advice: String? = nil
  ) throws -> Int {
    let available = AvailableMemory.current
    let rest = available.byteCount - one
    guard rest >= 0 else {
      throw MemoryShortage(work: work(), byteCount: one, available: available, advice: advice)
    }
    let count = min(asked, 1 + rest / max(further, 1))
    MemoryConcessions.current?.ran(count, of: asked, needed: one + (asked - 1) * further, available)
    return count
  }
}

/// Memory needed by the plans of one network and purpose.
struct PlanNeed: Sendable {
  /// Parameters in the layouts that plans read, at the peak while they are built.
  let parameters: Int
  /// The first plan, with the parameter copies it requires.
  let first: Int
  /// Each further plan.
  let further: Int

  /// - Throws: ``BufferError`` when it exceeds `ceiling`.
  init(_ network: Network, _ purpose: Purpose, microBatch: Int, ceiling: Int = .max) throws {
    (parameters, first, further) = try MemoryReckoning.onWorker { () throws -> (Int, Int, Int) in
      let device = try Device.reckoning(ceiling: ceiling)
      let store = try ParameterStore(of: network, on: device)
      let (parameters, start) = (device.ledger.peak, device.ledger.current)
      func wholeWithPlan() throws -> Int {
        let plan = try Plan(
          PlanBuilder(network.graph, purpose: purpose, microBatch: microBatch, store: store))
        return withExtendedLifetime(plan) { device.ledger.current }
      }
      let whole = try wholeWithPlan()
      // The plan is released, but not the parameter copies it required.
      return withExtendedLifetime(store) { (parameters, whole - start, whole - device.ledger.current) }
    }
  }

  /// The most bytes of a plan before its micro-batch is made smaller.
  static let planLimit = 1 << 30

  /// The need with the largest micro-batch, obtained by halving the requested one, whose plan is within the limit; with
  /// one image if none is.
  ///
  /// The size affects last digits, because oneDNN may choose other kernels. So it depends on the network and the
  /// instruction set, and not on the memory of the machine.
  ///
  /// - Throws: ``MemoryShortage`` when one image needs many times what is available.
  static func fitting(_ network: Network, _ purpose: Purpose, microBatch: Int) throws -> (
    need: PlanNeed, microBatch: Int
  ) {
    var size = microBatch
    while true {
      // If even the limit per image is exceeded, only a micro-batch of one image is left.
      let ceiling = size == 1 ? MemoryReckoning.ceiling : boundedProduct(planLimit, size)
      do {
        let need = try PlanNeed(network, purpose, microBatch: size, ceiling: ceiling)
        if size == 1 || need.further <= planLimit { return (need, size) }
        // Nearly all of a plan scales with the images, so sizes that are far too large are skipped.
        let bytes = need.further / size
        repeat { size /= 2 } while size > 1 && bytes * size > planLimit
      } catch let error as BufferError {
        guard size == 1 else {
          size = 1
          continue
        }
        throw MemoryShortage(
          work: "running \(network.graph.architecture.name) image by image", byteCount: error.byteCount,
          available: .current)
      }
    }
  }
}
