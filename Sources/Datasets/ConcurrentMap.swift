import Dispatch
import Synchronization

/// Applies `transform` to every element on all cores.
///
/// - Parameters:
///   - chunkSize: Number of elements a core takes at a time.
///   - progress: Called after each chunk, from any thread but never concurrently.
/// - Returns: The results in the order of `inputs`.
/// - Throws: The error of the first element, in input order, for which `transform` throws, whatever the timing.
func concurrentMap<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], chunkSize: Int = 1,
  progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
  _ transform: @Sendable (Input) throws -> Output
) throws -> [Output] {
  let state = Mutex(ConcurrentMapState<Output>(count: inputs.count))
  let chunkCount = (inputs.count + chunkSize - 1) / chunkSize
  DispatchQueue.concurrentPerform(iterations: chunkCount) { chunk in
    let range = chunk * chunkSize..<min((chunk + 1) * chunkSize, inputs.count)
    // Elements before a known failure are still tried: one of them may fail too, and would then be the first.
    guard state.withLock({ ($0.failure?.index ?? .max) > range.lowerBound }) else { return }
    var outputs: [Output] = []
    outputs.reserveCapacity(range.count)
    for index in range {
      do {
        outputs.append(try transform(inputs[index]))
      } catch {
        state.withLock { if index < $0.failure?.index ?? .max { $0.failure = (index, error) } }
        return
      }
    }
    state.withLock {
      for (index, output) in zip(range, outputs) { $0.results[index] = output }
      $0.doneCount += range.count
      progress($0.doneCount, inputs.count)
    }
  }
  return try state.withLock { state in
    if let failure = state.failure { throw failure.error }
    return state.results.compactMap { $0 }
  }
}

private struct ConcurrentMapState<Output> {
  var results: [Output?]
  var doneCount = 0
  var failure: (index: Int, error: any Error)?

  init(count: Int) { results = Array(repeating: nil, count: count) }
}
