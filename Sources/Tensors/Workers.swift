import Dispatch
import Foundation
import Synchronization

/// Spreads independent pieces of work over the machine's cores.
public enum Workers {
  /// One worker per core available to this process.
  public static var defaultCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Splits `0..<count` into consecutive ranges of `length`, the last possibly shorter.
  public static func pieces(of count: Int, length: Int) -> [Range<Int>] {
    precondition(length > 0, "a piece has at least one element, got \(length)")
    return stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
  }

  /// Applies `transform` to each of `0..<count` once, in any order and on any of `workerCount` threads.
  ///
  /// - Returns: Results in the order of their indices, for any number of workers.
  public static func map<Result: Sendable>(
    count: Int, workerCount: Int = defaultCount, _ transform: @Sendable (Int) -> Result
  ) -> [Result] {
    precondition(workerCount > 0, "at least one worker is needed, got \(workerCount)")
    guard workerCount > 1, count > 1 else { return (0..<count).map(transform) }
    return Array(unsafeUninitializedCapacity: count) { results, initializedCount in
      // Every index is taken once, so no two threads write to the same slot.
      nonisolated(unsafe) let slots = results.baseAddress!
      let next = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: min(workerCount, count)) { _ in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          (slots + index).initialize(to: transform(index))
        }
      }
      initializedCount = count
    }
  }

  /// Sum of `vector` over `0..<count`, in the order of the indices.
  ///
  /// At most one vector per worker and one more are held at once.
  ///
  /// - Parameters:
  ///   - length: Number of elements of each vector.
  ///   - workerCount: Changes the time only.
  public static func sum(
    count: Int, length: Int, workerCount: Int = defaultCount, _ vector: @Sendable (Int) -> [Double]
  ) -> [Double] {
    var sum = [Double](repeating: 0, count: length)
    for wave in pieces(of: count, length: workerCount) {
      let vectors = map(count: wave.count, workerCount: workerCount) { vector(wave.lowerBound + $0) }
      for vector in vectors {
        precondition(vector.count == length, "a vector has \(length) elements, got \(vector.count)")
        for index in 0..<length { sum[index] += vector[index] }
      }
    }
    return sum
  }
}
