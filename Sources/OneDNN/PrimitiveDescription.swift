import COneDNN

/// An operation with its layouts determined, not yet bound to memory.
///
/// Layouts given as ``MemoryDescription/any(_:)`` are chosen by oneDNN; query them afterwards.
public final class PrimitiveDescription {
  /// Elementwise functions whose derivative follows from their value, so that only the result must be kept.
  public enum Activation: Sendable {
    case relu, sigmoid, tanh

    var algorithm: dnnl_alg_kind_t {
      switch self {
      case .relu: dnnl_eltwise_relu_use_dst_for_bwd
      case .sigmoid: dnnl_eltwise_logistic_use_dst_for_bwd
      case .tanh: dnnl_eltwise_tanh_use_dst_for_bwd
      }
    }

    /// As a post-operation, the plain algorithm is the same function.
    var fusedAlgorithm: dnnl_alg_kind_t {
      switch self {
      case .relu: dnnl_eltwise_relu
      case .sigmoid: dnnl_eltwise_logistic
      case .tanh: dnnl_eltwise_tanh
      }
    }
  }

  public enum PoolingKind: Sendable {
    case maximum
    /// Padding counts as zeros.
    case average

    var algorithm: dnnl_alg_kind_t {
      switch self {
      case .maximum: dnnl_pooling_max
      // Version 3 kept only the two explicit names; this one exists in both.
      case .average: dnnl_pooling_avg_include_padding
      }
    }
  }

  let handle: dnnl_primitive_desc_t
  /// Name used in errors and counts.
  public let name: String

  init(
    _ name: String, activation: Activation? = nil,
    _ create: (_ out: inout dnnl_primitive_desc_t?, _ attributes: dnnl_primitive_attr_t?) -> dnnl_status_t
  ) throws {
    var attributes: dnnl_primitive_attr_t?
    defer { dnnl_primitive_attr_destroy(attributes) }
    try check(
      "\(name), attributes",
      onednn_attributes_create(&attributes, activation?.fusedAlgorithm ?? dnnl_alg_kind_undef))
    var description: dnnl_primitive_desc_t?
    try check(name, create(&description, attributes))
    handle = description!
    self.name = name
  }

  deinit { dnnl_primitive_desc_destroy(handle) }

  private func layout(_ query: dnnl_query_t) throws -> MemoryDescription {
    try MemoryDescription.queried(handle, query)
  }

  public var source: MemoryDescription { get throws { try layout(dnnl_query_src_md) } }
  public var destination: MemoryDescription { get throws { try layout(dnnl_query_dst_md) } }
  public var weights: MemoryDescription { get throws { try layout(dnnl_query_weights_md) } }
  public var workspace: MemoryDescription { get throws { try layout(dnnl_query_workspace_md) } }
  public var sourceGradient: MemoryDescription { get throws { try layout(dnnl_query_diff_src_md) } }
  public var destinationGradient: MemoryDescription { get throws { try layout(dnnl_query_diff_dst_md) } }
  public var weightsGradient: MemoryDescription { get throws { try layout(dnnl_query_diff_weights_md) } }
  public var scratchpad: MemoryDescription { get throws { try layout(dnnl_query_scratchpad_md) } }
}
