import COneDNN

/// The processor as oneDNN sees it. One serves a whole process.
///
/// `@unchecked Sendable`: oneDNN documents its engine as safe to use from several threads at once, and the
/// handle never changes.
public final class Device: @unchecked Sendable {
  let handle: dnnl_engine_t
  /// Whether memory is only counted. Layouts and operations are described as on any device; buffers allocate nothing,
  /// primitives are not created, and running one does nothing.
  public let onlyReckons: Bool
  /// Counts the buffers of this device.
  public let ledger = MemoryLedger()

  public convenience init() throws { try self.init(onlyReckons: false) }

  /// The most bytes that its buffers may have in total.
  let ceiling: Int

  /// A device on which anything can be built to learn how much memory it would take.
  ///
  /// - Parameter ceiling: Beyond this many bytes the exact sum is irrelevant, and a buffer throws ``BufferError``.
  public static func reckoning(ceiling: Int = .max) throws -> Device {
    try Device(onlyReckons: true, ceiling: ceiling)
  }

  private init(onlyReckons: Bool, ceiling: Int = .max) throws {
    self.onlyReckons = onlyReckons
    self.ceiling = ceiling
    var engine: dnnl_engine_t?
    try check("engine", dnnl_engine_create(&engine, dnnl_cpu, 0))
    handle = engine!  // set whenever the call succeeds
  }

  deinit { dnnl_engine_destroy(handle) }

  /// Keeps every primitive that is made or run on the calling thread on that thread alone.
  ///
  /// A primitive decides its thread count when it is created, so this comes before the first one.
  public static func useOneThreadHere() { onednn_use_one_thread_here() }

  /// Version `major.minor.patch` of the loaded library.
  public static var version: String {
    let version = dnnl_version().pointee
    return "\(version.major).\(version.minor).\(version.patch)"
  }
}

/// A queue of primitives that run in order on the thread that submits them.
public final class Stream {
  let handle: dnnl_stream_t

  public init(on device: Device) throws {
    var stream: dnnl_stream_t?
    try check(
      "stream", dnnl_stream_create(&stream, device.handle, UInt32(dnnl_stream_default_flags.rawValue)))
    handle = stream!
  }

  deinit { dnnl_stream_destroy(handle) }
}
