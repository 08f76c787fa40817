import COneDNN

/// Extents and layout of a float array. Blocked layouts are oneDNN's own; plain ones are row-major.
///
/// `@unchecked Sendable`: it never changes after creation.
public final class MemoryDescription: @unchecked Sendable, Equatable {
  let handle: onednn_description
  /// Floats to allocate, padding of blocked layouts included.
  public let storageCount: Int

  private init(owning handle: onednn_description) {
    self.handle = handle
    // Rounded up: workspaces and scratchpads are counted in bytes.
    storageCount = (onednn_description_size(handle) + 3) / MemoryLayout<Float>.stride
  }

  deinit { onednn_description_destroy(handle) }

  /// Row-major, one to five axes.
  public static func plain(_ extents: [Int]) throws -> MemoryDescription {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde]
    precondition(tags.indices.contains(extents.count - 1), "one to five axes, got \(extents.count)")
    return try make(extents, tags[extents.count - 1])
  }

  /// `[images, channels, height, width]` stored with the channels of a pixel contiguous.
  public static func channelsLast(_ extents: [Int]) throws -> MemoryDescription {
    try make(extents, dnnl_acdb)
  }

  /// `[images, channels, height, width]` stored with sixteen channels of a pixel contiguous.
  public static func channelsInSixteens(_ extents: [Int]) throws -> MemoryDescription {
    try make(extents, dnnl_aBcd16b)
  }

  /// Weights `[out, in, height, width]` of a convolution, stored as height, width, in, out.
  public static func outputsLast(_ extents: [Int]) throws -> MemoryDescription {
    try make(extents, dnnl_cdba)
  }

  /// Weights `[out, in]` with sixteen outputs contiguous, for one input after the other; both axes are zero-padded.
  public static func panelsOfSixteen(_ extents: [Int]) throws -> MemoryDescription {
    try make(extents, dnnl_AB16b16a)
  }

  /// Extents whose layout oneDNN is free to choose.
  public static func any(_ extents: [Int]) throws -> MemoryDescription {
    try make(extents, dnnl_format_tag_any)
  }

  private static func make(_ extents: [Int], _ tag: dnnl_format_tag_t) throws -> MemoryDescription {
    var handle: onednn_description?
    try check(
      "layout of \(extents)",
      onednn_description_create(&handle, Int32(extents.count), extents.map(Int64.init), tag))
    return MemoryDescription(owning: handle!)
  }

  static func queried(_ primitive: const_dnnl_primitive_desc_t, _ what: dnnl_query_t) throws
    -> MemoryDescription
  {
    var handle: onednn_description?
    try check("layout query", onednn_description_query(&handle, primitive, what, 0))
    return MemoryDescription(owning: handle!)
  }

  public static func == (first: MemoryDescription, second: MemoryDescription) -> Bool {
    first === second || onednn_description_equal(first.handle, second.handle) != 0
  }
}
