import Foundation

/// Zeroed memory for floats, aligned for the widest vector loads.
///
/// On a device that only reckons it is counted and not allocated, and nothing may be read or written.
///
/// `@unchecked Sendable`: it only owns the memory; access is coordinated by the plan or the training step that holds
/// it.
public final class Buffer: @unchecked Sendable {
  public let floats: UnsafeMutablePointer<Float>
  public let count: Int
  private let byteCount: Int
  private let device: Device

  private static let alignment = 64
  /// For buffers beyond any memory, whose byte count does not fit in an `Int`.
  private static let largestCount = Int.max / 1024

  /// - Throws: ``BufferError`` if the memory cannot be allocated.
  public init(count: Int, on device: Device) throws {
    guard count <= Self.largestCount else { throw BufferError(byteCount: .max / 2) }
    let byteCount = max(Self.alignment, count * MemoryLayout<Float>.stride)
    let total = device.ledger.current + byteCount
    guard total <= device.ceiling else { throw BufferError(byteCount: total) }
    if device.onlyReckons {
      // Never dereferenced: such a device runs nothing.
      floats = UnsafeMutablePointer(bitPattern: Self.alignment)!
    } else {
      var memory: UnsafeMutableRawPointer?
      guard posix_memalign(&memory, Self.alignment, byteCount) == 0, let memory else {
        throw BufferError(byteCount: byteCount)
      }
      memset(memory, 0, byteCount)
      floats = memory.bindMemory(to: Float.self, capacity: max(16, count))
    }
    self.count = count
    self.byteCount = byteCount
    self.device = device
    device.ledger.add(byteCount)
  }

  deinit {
    device.ledger.remove(byteCount)
    if !device.onlyReckons { free(floats) }
  }
}

/// An allocation that the system refused, or a total beyond the ceiling of a device that only reckons.
public struct BufferError: Error, Equatable, CustomStringConvertible {
  public let byteCount: Int

  public var description: String { "the system refused \(byteCount) bytes of memory for the network" }
}
