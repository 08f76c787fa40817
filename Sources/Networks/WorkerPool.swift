import Foundation
import OneDNN

/// One thread per core, alive as long as the pool, each with oneDNN restricted to that thread.
final class WorkerPool: Sendable {
  typealias Body = @Sendable (_ worker: Int) throws -> Void

  let workerCount: Int
  private let state = State()

  init(workerCount: Int) {
    precondition(workerCount > 0, "at least one worker, got \(workerCount)")
    self.workerCount = workerCount
    for worker in 0..<workerCount where !state.lacksThreads {
      // The thread holds the state and not the pool, so that an unused pool is closed.
      let code = WorkerThread.start { [state] in
        Device.useOneThreadHere()
        state.work(as: worker)
      }
      if code != 0 { state.fail(WorkerThread.Shortage(wanted: workerCount, started: worker, code: code)) }
    }
  }

  deinit { state.close() }

  /// Runs `body` once on every worker and waits for all.
  ///
  /// Calls from several threads take turns.
  /// - Throws: The error of the first worker, by number, that threw; ``WorkerThread/Shortage`` when the system could
  ///   not create a thread for each.
  func run(_ body: Body) throws {
    try withoutActuallyEscaping(body) { body in
      // Otherwise a pool used for only one call could close during that call.
      try withExtendedLifetime(self) { try state.run(body, on: workerCount) }
    }
  }

  /// `@unchecked Sendable`: every property is accessed under `condition`; `turn` admits one job at a time.
  private final class State: @unchecked Sendable {
    private let condition = NSCondition()
    private let turn = NSLock()
    private var generation = 0
    private var body: Body?
    private var unfinished = 0
    private var failures: [Int: any Error] = [:]
    private var isClosed = false
    private var shortage: WorkerThread.Shortage?

    var lacksThreads: Bool { condition.withLock { shortage != nil } }

    func fail(_ shortage: WorkerThread.Shortage) { condition.withLock { self.shortage = shortage } }

    func work(as worker: Int) {
      var seen = 0
      while waitForWork(after: &seen) {
        let failure = execute(as: worker)
        condition.withLock {
          failures[worker] = failure
          unfinished -= 1
          if unfinished == 0 { condition.broadcast() }
        }
      }
    }

    /// Whether there is a new job; false when the pool has closed.
    private func waitForWork(after seen: inout Int) -> Bool {
      condition.withLock {
        while generation == seen, !isClosed { condition.wait() }
        seen = generation
        return !isClosed
      }
    }

    /// A separate function, never inlined: it has released the job's closure before the job counts as done, so `run`
    /// may be given one that does not escape.
    @inline(never)
    private func execute(as worker: Int) -> (any Error)? {
      let body = condition.withLock { self.body }
      do {
        try body?(worker)
        return nil
      } catch {
        return error
      }
    }

    func run(_ body: @escaping Body, on workerCount: Int) throws {
      turn.lock()
      defer { turn.unlock() }
      condition.lock()
      defer { condition.unlock() }
      // Waiting for a thread that does not exist would never end.
      if let shortage { throw shortage }
      self.body = body
      failures = [:]
      unfinished = workerCount
      generation += 1
      condition.broadcast()
      while unfinished > 0 { condition.wait() }
      self.body = nil
      if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    }

    func close() {
      condition.withLock {
        isClosed = true
        condition.broadcast()
      }
    }
  }
}
