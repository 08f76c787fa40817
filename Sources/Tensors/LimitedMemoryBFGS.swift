import CLBFGSB

/// One minimisation of a smooth function of many variables, each bounded or not, as a dialogue with its caller.
///
///     minimise f(x) subject to lᵢ ≤ xᵢ ≤ uᵢ
///
/// The authors' own L-BFGS-B 3.0: generalized Cauchy point, minimisation over the free variables with the last few pairs
/// of steps and gradient differences, line search after Moré and Thuente. Byrd, Lu, Nocedal, Zhu (1995); Zhu, Byrd,
/// Lu, Nocedal (1997), algorithm 778; Morales, Nocedal (2011). With no variable bounded it is L-BFGS. The library's own
/// stopping criteria, one of them absolute, are turned off: the caller looks at every iterate.
///
/// Values are Double. Each object is used by one thread at a time; several may run in parallel, because the library has
/// no static data: all that persists between calls is in the arrays it is given, which belong to one minimisation, and
/// OpenBLAS is held to the calling thread.
public final class LimitedMemoryBFGS {
  public enum Request: Equatable, Sendable {
    /// Requests f and its gradient at ``LimitedMemoryBFGS/point``.
    case evaluation
    /// ``LimitedMemoryBFGS/point`` and ``LimitedMemoryBFGS/gradient`` are those of a new iterate; continue with
    /// `proceed`.
    case iterated
    /// The projected gradient is exactly zero.
    case converged
    /// No lower value was found along the direction, as happens at a kink or where f is dominated by rounding.
    /// ``LimitedMemoryBFGS/point`` is the last iterate.
    case lineSearchFailed
  }

  /// Where f is requested; after an iterate or at the end, that iterate.
  public private(set) var point: [Double]
  /// Gradient at ``point``, filled in by the caller.
  public var gradient: [Double]
  /// max |P(x − g) − x| at the last iterate.
  public var projectedGradient: Double { lbfgsb_projected_gradient(&state) }

  /// f at ``point``: the library asks for it again after an iterate.
  private var value = 0.0
  private let memory: Int
  private let lower: [Double]
  private let upper: [Double]
  private let boundKinds: [Int32]
  private var state = lbfgsb_state()
  private var workspace: [Double]
  private var indices: [Int32]

  /// - Parameters:
  ///   - lower: May be −∞; not above `upper`, which may be +∞.
  ///   - memory: Number of pairs of steps and gradient differences that approximate the Hessian.
  public init(lower: [Double], upper: [Double], memory: Int) {
    precondition(lower.count == upper.count && !lower.isEmpty, "\(lower.count) and \(upper.count) bounds")
    precondition(memory > 0, "the memory must hold a pair, got \(memory)")
    let dimension = lower.count
    (self.lower, self.upper, self.memory) = (lower, upper, memory)
    // The library's code: 0 unbounded, 1 below, 2 on both sides, 3 above.
    boundKinds = zip(lower, upper).map { lower, upper in
      precondition(lower <= upper, "bounds \(lower)…\(upper) hold nothing")
      return lower.isFinite ? (upper.isFinite ? 2 : 1) : (upper.isFinite ? 3 : 0)
    }
    point = [Double](repeating: 0, count: dimension)
    gradient = point
    workspace = [Double](repeating: 0, count: Self.workspaceCount(dimension, memory))
    indices = [Int32](repeating: 0, count: 3 * dimension)
  }

  private static func workspaceCount(_ dimension: Int, _ memory: Int) -> Int {
    (2 * memory + 5) * dimension + 11 * memory * memory + 8 * memory
  }

  /// Size in bytes of all its arrays.
  public static func byteCount(variableCount: Int, memory: Int) -> Int {
    // Point, gradient and both bounds; kinds of bounds and three lists of indices.
    boundedProduct(workspaceCount(variableCount, memory) + 4 * variableCount, MemoryLayout<Double>.stride)
      + boundedProduct(4 * variableCount, MemoryLayout<Int32>.stride)
  }

  /// Creates it without bounds.
  public convenience init(variableCount: Int, memory: Int) {
    self.init(
      lower: [Double](repeating: -.infinity, count: variableCount),
      upper: [Double](repeating: .infinity, count: variableCount), memory: memory)
  }

  /// Begins anew. The start is projected into the box.
  public func start(at start: some Collection<Double>) -> Request {
    precondition(start.count == point.count, "\(start.count) values for \(point.count) variables")
    for (index, value) in start.enumerated() { point[index] = value }
    lbfgsb_start(&state)
    return advance(value: 0)
  }

  /// The next request after ``Request/iterated``.
  public func proceed() -> Request { advance(value: value) }

  /// Continues with f = `value` and ``gradient`` at ``point``.
  ///
  /// - Precondition: The last request was ``Request/evaluation``; both are finite.
  public func advance(value: Double) -> Request {
    self.value = value
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    let request = lbfgsb_advance(
      &state, Int32(point.count), Int32(memory), &point, lower, upper, boundKinds, value, &gradient,
      &workspace, &indices)
    switch request {
    case lbfgsb_evaluate: return .evaluation
    case lbfgsb_iterated: return .iterated
    case lbfgsb_converged: return .converged
    case lbfgsb_line_search_failed: return .lineSearchFailed
    default: preconditionFailure("L-BFGS-B refuses its arguments, which this class makes")
    }
  }
}
