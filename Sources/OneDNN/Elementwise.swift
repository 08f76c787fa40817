import COneDNN

/// A function that oneDNN applies to each value, and from what it computes the derivative.
///
///     y = f(x),   ∂L/∂x = f′(x) ∂L/∂y
///
/// Here are those that versions 2 and 3 share. Which side the derivative needs is said here, once for each function:
/// where that is the result, y may take the place of x; where it is the source, x must be kept until the gradient has
/// been computed.
public struct Elementwise: Equatable, Sendable {
  /// What f′ is computed from.
  public enum Derivative: Sendable {
    /// From y, which determines it.
    case fromResult
    /// From x.
    case fromSource
  }

  public let derivative: Derivative
  /// For an operation of its own.
  let algorithm: dnnl_alg_kind_t
  /// For application while another operation stores its result: the same function.
  let fusedAlgorithm: dnnl_alg_kind_t
  let alpha: Float
  let beta: Float

  private init(fromSource algorithm: dnnl_alg_kind_t, alpha: Float = 0, beta: Float = 0) {
    derivative = .fromSource
    (self.algorithm, fusedAlgorithm) = (algorithm, algorithm)
    (self.alpha, self.beta) = (alpha, beta)
  }

  private init(
    _ fusedAlgorithm: dnnl_alg_kind_t, fromResult algorithm: dnnl_alg_kind_t, alpha: Float = 0,
    beta: Float = 0
  ) {
    derivative = .fromResult
    (self.algorithm, self.fusedAlgorithm) = (algorithm, fusedAlgorithm)
    (self.alpha, self.beta) = (alpha, beta)
  }

  /// max(x, 0)
  public static let relu = leakyReLU(slope: 0)

  /// x where it is positive, slope · x elsewhere.
  public static func leakyReLU(slope: Float) -> Elementwise {
    // Under a negative slope the sign of y does not tell that of x.
    slope >= 0
      ? Elementwise(dnnl_eltwise_relu, fromResult: dnnl_eltwise_relu_use_dst_for_bwd, alpha: slope)
      : Elementwise(fromSource: dnnl_eltwise_relu, alpha: slope)
  }

  /// x where it is positive, scale · (exp(x) − 1) elsewhere.
  ///
  /// - Parameter scale: Not negative.
  public static func elu(scale: Float) -> Elementwise {
    precondition(scale >= 0, "scale must be non-negative, got \(scale)")
    return Elementwise(dnnl_eltwise_elu, fromResult: dnnl_eltwise_elu_use_dst_for_bwd, alpha: scale)
  }

  /// 1 / (1 + exp(−x))
  public static let sigmoid = Elementwise(
    dnnl_eltwise_logistic, fromResult: dnnl_eltwise_logistic_use_dst_for_bwd)

  public static let tanh = Elementwise(dnnl_eltwise_tanh, fromResult: dnnl_eltwise_tanh_use_dst_for_bwd)

  /// min(max(x, lower), upper); the derivative is 0 at the bounds.
  public static func clip(lower: Float, upper: Float) -> Elementwise {
    Elementwise(
      dnnl_eltwise_clip_v2, fromResult: dnnl_eltwise_clip_v2_use_dst_for_bwd, alpha: lower, beta: upper)
  }

  /// log(1 + exp(x)). Version 3 reads a factor of x, which version 2 has not.
  public static let softplus = Elementwise(fromSource: dnnl_eltwise_soft_relu, alpha: 1)

  /// x / (1 + exp(−scale · x)); SiLU for 1.
  public static func swish(scale: Float) -> Elementwise {
    Elementwise(fromSource: dnnl_eltwise_swish, alpha: scale)
  }

  /// x · min(max(x / 6 + ½, 0), 1). Version 3 reads the two numbers, which version 2 knows.
  public static let hardSwish = Elementwise(fromSource: dnnl_eltwise_hardswish, alpha: 1 / 6, beta: 0.5)

  /// x · tanh(log(1 + exp(x)))
  public static let mish = Elementwise(fromSource: dnnl_eltwise_mish)

  /// x Φ(x) = ½ x (1 + erf(x / √2))
  public static let gelu = Elementwise(fromSource: dnnl_eltwise_gelu_erf)

  /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
  public static let geluTanh = Elementwise(fromSource: dnnl_eltwise_gelu_tanh)
}
