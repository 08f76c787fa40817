import OneDNN
import Synchronization
import Tensors

/// Memory is reckoned before it is taken: what is to be built is first built on a device that only counts.
///
/// The very code that takes memory does the counting, so the two cannot disagree.
enum MemoryReckoning {
  /// The most bytes that building takes, and what is built, at one time.
  ///
  /// - Parameter build: Called on a worker of its own, because an operation's needs depend on how many threads it has.
  static func peak<Built>(_ build: @Sendable (Device) throws -> Built) throws -> Int {
    try onWorker {
      let device = try Device.reckoning()
      return try withExtendedLifetime(build(device)) { device.ledger.peak }
    }
  }

  static func onWorker<Result: Sendable>(_ body: @Sendable () throws -> Result) throws -> Result {
    let result = Mutex<Result?>(nil)
    try WorkerPool(workerCount: 1).run { _ in
      let found = try body()
      result.withLock { $0 = found }
    }
    return result.withLock { $0! }  // run threw otherwise
  }

  /// How many of the workers that were asked for have memory.
  ///
  /// - Parameters:
  ///   - one: Bytes that one worker needs, with all that is there once.
  ///   - further: Bytes that each further worker needs.
  /// - Throws: ``MemoryShortage`` when there is too little for one.
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

/// What the plans of one network and purpose take.
struct PlanNeed: Sendable {
  /// Parameters as plans read them, at the most while they are made.
  let parameters: Int
  /// The first plan, with the copies of parameters that it asks for.
  let first: Int
  /// Each further plan.
  let further: Int

  init(_ network: Network, _ purpose: Purpose, microBatch: Int) throws {
    (parameters, first, further) = try MemoryReckoning.onWorker { () throws -> (Int, Int, Int) in
      let device = try Device.reckoning()
      let store = try ParameterStore(of: network, on: device)
      let parameters = device.ledger.peak
      var plans: [Plan] = []
      var totals = [device.ledger.current]
      for _ in 0..<2 {
        plans.append(
          try Plan(PlanBuilder(network.graph, purpose: purpose, microBatch: microBatch, store: store)))
        totals.append(device.ledger.current)
      }
      return withExtendedLifetime(plans) { (parameters, totals[1] - totals[0], totals[2] - totals[1]) }
    }
  }

  /// The most that a plan may take before its micro-batch is made smaller.
  static let planLimit = 1 << 30

  /// The need with the largest micro-batch, halved from the one asked for, whose plan takes no more than the limit; with
  /// one image if none does.
  ///
  /// The size decides last digits, because oneDNN may choose other kernels. So it follows from the network alone, and
  /// not from the memory of the machine.
  static func fitting(_ network: Network, _ purpose: Purpose, microBatch: Int) throws -> (
    need: PlanNeed, microBatch: Int
  ) {
    var size = microBatch
    while true {
      let need = try PlanNeed(network, purpose, microBatch: size)
      if size == 1 || need.further <= planLimit { return (need, size) }
      size /= 2
    }
  }
}
