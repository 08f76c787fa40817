import Foundation
import LocalServer
import Synchronization
import Testing

@testable import Explorer

@Suite(.timeLimit(.minutes(20))) struct NewestFirstTests {
  /// Work that holds the place until it is let go.
  private final class Gate: Sendable {
    let semaphore = DispatchSemaphore(value: 0)
    func pass() { semaphore.wait() }
    func open() { semaphore.signal() }
  }

  private func wait(until condition: () async -> Bool) async throws {
    // However busy the machine: the suite has a limit.
    while await !condition() { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test("Of what waits under one key only the newest is done")
  func newest() async throws {
    let work = NewestFirst()
    let gate = Gate()
    let isRunning = Mutex(false)
    let first = Task {
      try await work.run("slider") {
        isRunning.withLock { $0 = true }
        gate.pass()
        return 1
      }
    }
    try await wait { isRunning.withLock { $0 } }
    let second = Task { try await work.run("slider") { 2 } }
    try await wait { await work.waitingCount == 1 }
    let third = Task { try await work.run("slider") { 3 } }
    // The second is told at once, while the first still runs.
    await #expect(throws: NewestFirst.superseded) { try await second.value }
    gate.open()
    #expect(try await first.value == 1)
    #expect(try await third.value == 3)
    #expect(try await work.run("slider") { 4 } == 4)
  }

  @Test("Other keys wait for their turn, and no more of them than the limit")
  func others() async throws {
    let work = NewestFirst(limit: 2)
    let gate = Gate()
    let isRunning = Mutex(false)
    let first = Task {
      try await work.run("a") {
        isRunning.withLock { $0 = true }
        gate.pass()
      }
    }
    try await wait { isRunning.withLock { $0 } }
    let waiting = ["b", "c"].map { key in Task { try await work.run(key) { key } } }
    try await wait { await work.waitingCount == 2 }
    await #expect(throws: NewestFirst.overcrowded) { try await work.run("d") {} }
    gate.open()
    try await first.value
    #expect(try await waiting[0].value == "b")
    #expect(try await waiting[1].value == "c")
  }

  @Test("Work that fails hands the place on")
  func failure() async throws {
    struct Failure: Error {}
    let work = NewestFirst()
    await #expect(throws: Failure.self) { try await work.run("a") { throw Failure() } }
    #expect(try await work.run("a") { 5 } == 5)
  }
}
