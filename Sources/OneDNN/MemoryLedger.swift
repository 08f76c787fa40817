import Synchronization

/// The bytes of all buffers of a device: the current total and its peak.
public final class MemoryLedger: Sendable {
  private let state = Mutex((current: 0, peak: 0))

  /// Bytes of the buffers that are alive.
  public var current: Int { state.withLock { $0.current } }

  /// The most bytes that were alive at one time.
  public var peak: Int { state.withLock { $0.peak } }

  func add(_ byteCount: Int) {
    state.withLock { state in
      state.current += byteCount
      state.peak = max(state.peak, state.current)
    }
  }

  func remove(_ byteCount: Int) { state.withLock { $0.current -= byteCount } }
}
