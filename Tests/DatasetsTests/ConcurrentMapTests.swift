import Foundation
import Synchronization
import Testing

@testable import Datasets

@Suite struct ConcurrentMapTests {
  @Test("Results keep the order of the inputs and progress counts all of them", arguments: [1, 7, 64, 2_000])
  func order(chunkSize: Int) throws {
    let counts = Mutex<[Int]>([])
    let squares = try concurrentMap(
      Array(0..<1_000), chunkSize: chunkSize, progress: { done, _ in counts.withLock { $0.append(done) } }
    ) { $0 * $0 }
    #expect(squares == (0..<1_000).map { $0 * $0 })
    let seen = counts.withLock { $0 }
    #expect(seen.last == 1_000 && seen == seen.sorted())
    #expect(try concurrentMap([Int](), chunkSize: chunkSize) { $0 }.isEmpty)
  }

  private struct Failure: Error, Equatable {
    let index: Int
  }

  @Test(
    "The first failing input is reported, whichever fails earlier in time", arguments: [(5, 60), (60, 5)])
  func firstFailure(milliseconds: (first: Int, second: Int)) {
    #expect(throws: Failure(index: 0)) {
      try concurrentMap(Array(0..<100)) { index in
        Thread.sleep(forTimeInterval: Double(index == 0 ? milliseconds.first : milliseconds.second) / 1_000)
        if index < 2 { throw Failure(index: index) }
      }
    }
  }
}
