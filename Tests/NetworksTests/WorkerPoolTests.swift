import Synchronization
import Testing

@testable import Networks

@Suite struct WorkerPoolTests {
  struct Failure: Error, Equatable { let worker: Int }

  @Test("Every worker runs every job once")
  func jobs() throws {
    let pool = WorkerPool(workerCount: 3)
    let counts = Mutex([0, 0, 0])
    for _ in 0..<200 { try pool.run { worker in counts.withLock { $0[worker] += 1 } } }
    #expect(counts.withLock { $0 } == [200, 200, 200])
  }

  @Test("The first failing worker's error arrives, and the pool goes on")
  func failures() throws {
    let pool = WorkerPool(workerCount: 3)
    #expect(throws: Failure(worker: 1)) { try pool.run { if $0 > 0 { throw Failure(worker: $0) } } }
    let ran = Atomic<Int>(0)
    try pool.run { _ in ran.add(1, ordering: .relaxed) }
    #expect(ran.load(ordering: .relaxed) == 3)
  }

  @Test("Calls from several threads take turns")
  func turns() async throws {
    let pool = WorkerPool(workerCount: 2)
    let gauge = Gauge()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<50 {
            try pool.run { worker in
              guard worker == 0 else { return }
              gauge.enter()
              gauge.leave()
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(gauge.overlapCount == 0)
  }

  /// Counts how often somebody came in while another was inside.
  final class Gauge: Sendable {
    private let inside = Atomic<Int>(0)
    private let overlaps = Atomic<Int>(0)
    var overlapCount: Int { overlaps.load(ordering: .relaxed) }

    func enter() {
      if inside.add(1, ordering: .sequentiallyConsistent).newValue != 1 {
        overlaps.add(1, ordering: .relaxed)
      }
    }

    func leave() { inside.subtract(1, ordering: .sequentiallyConsistent) }
  }

  @Test("A barrier gives all threads the same answer at every meeting")
  func barrier() throws {
    let barrier = Barrier(threadCount: 3)
    let lengths = Mutex([0, 0, 0])
    try WorkerPool(workerCount: 3).run { worker in
      for round in 0..<1000 {
        lengths.withLock { $0[worker] = round }
        if barrier.wait(failed: worker == 1 && round == 700) { break }
      }
    }
    #expect(lengths.withLock { $0 } == [700, 700, 700])
  }
}
