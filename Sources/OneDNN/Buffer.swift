import Foundation

/// Zeroed memory for floats, aligned for the widest vector loads.
///
/// `@unchecked Sendable`: it only owns the memory; who may touch it when is settled by the plan or the
/// training step that holds it.
public final class Buffer: @unchecked Sendable {
  public let floats: UnsafeMutablePointer<Float>
  public let count: Int

  /// Fails by trapping: a machine without memory for one layer cannot go on.
  public init(count: Int) {
    let byteCount = max(64, count * MemoryLayout<Float>.stride)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, 64, byteCount) == 0, let memory else {
      fatalError("no memory for \(byteCount) bytes")
    }
    memset(memory, 0, byteCount)
    floats = memory.bindMemory(to: Float.self, capacity: max(16, count))
    self.count = count
  }

  deinit { free(floats) }
}
