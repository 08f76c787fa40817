import COneDNN

/// A layout bound to storage.
public final class Memory {
  /// Nil on a device that only reckons.
  let handle: dnnl_memory_t?
  public let description: MemoryDescription
  public let floats: UnsafeMutablePointer<Float>
  private let owner: Buffer

  /// Allocates its own storage, zeroed.
  public convenience init(_ description: MemoryDescription, on device: Device) throws {
    try self.init(description, in: Buffer(count: description.storageCount, on: device), on: device)
  }

  /// Uses the storage of `buffer` from float `offset` on.
  public init(_ description: MemoryDescription, in buffer: Buffer, offset: Int = 0, on device: Device) throws
  {
    precondition(
      offset + description.storageCount <= buffer.count || description.storageCount == 0,
      "\(description.storageCount) floats at \(offset) in a buffer of \(buffer.count)")
    var memory: dnnl_memory_t?
    floats = buffer.floats + offset
    if !device.onlyReckons {
      try check("memory", onednn_memory_create(&memory, description.handle, device.handle, floats))
    }
    handle = memory
    self.description = description
    owner = buffer
  }

  /// The same storage under another description with the same number of floats.
  public func viewed(as description: MemoryDescription, on device: Device) throws -> Memory {
    precondition(description.storageCount <= self.description.storageCount, "a view cannot be larger")
    return try Memory(description, in: owner, offset: floats - owner.floats, on: device)
  }

  deinit {
    if let handle { dnnl_memory_destroy(handle) }
  }
}
