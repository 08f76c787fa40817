import Foundation
import Synchronization

/// A reusable barrier for a fixed number of threads.
///
/// It spins for a moment first: between two steps of a small network sleeping would cost more than the step.
final class Barrier: Sendable {
  private let threadCount: Int
  private let arrived = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
  private let hasFailure = Atomic<Bool>(false)
  private let verdict = Atomic<Bool>(false)

  init(threadCount: Int) { self.threadCount = threadCount }

  /// Returns once all threads have called it equally often.
  ///
  /// - Parameter failed: Whether this thread can no longer do its part.
  /// - Returns: Whether any thread has failed so far: the same answer for all, so that all leave together and none
  ///   waits for one that left.
  func wait(failed: Bool) -> Bool {
    let current = generation.load(ordering: .acquiring)
    if failed { hasFailure.store(true, ordering: .relaxed) }
    if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == threadCount {
      arrived.store(0, ordering: .relaxed)
      // Written only here: the others read it after this barrier and before they reach the next.
      verdict.store(hasFailure.load(ordering: .relaxed), ordering: .relaxed)
      generation.wrappingAdd(1, ordering: .releasing)
    } else {
      var spins = 0
      while generation.load(ordering: .acquiring) == current {
        spins += 1
        if spins > 4000 { sched_yield() }
      }
    }
    return verdict.load(ordering: .relaxed)
  }
}
