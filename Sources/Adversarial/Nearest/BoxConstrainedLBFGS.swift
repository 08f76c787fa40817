import Tensors

/// One minimisation of a smooth function in a box by ``LimitedMemoryBFGS``, with the limits of an attack.
///
///     let optimizer = BoxConstrainedLBFGS(lower: lower, upper: upper)
///     var status = optimizer.start(at: x)
///     while status == .wantsEvaluation {
///       writeGradient(at: optimizer.point, to: &optimizer.gradient)
///       status = optimizer.advance(value: f(optimizer.point))
///     }
///
/// It stops when the projected gradient has become small relative to its initial value, so that the units of f do not
/// matter.
final class BoxConstrainedLBFGS {
  enum Status: Equatable {
    /// Requests f and its gradient at ``BoxConstrainedLBFGS/point``.
    case wantsEvaluation
    /// The projected gradient is small enough, or exactly zero.
    case converged
    case iterationLimit
    /// The line search was cut short, and ``BoxConstrainedLBFGS/point`` is not an iterate.
    case evaluationLimit
    /// No lower value was found along the direction, as happens at a kink or where f is dominated by rounding. The last
    /// iterate is the result.
    case lineSearchFailed
  }

  /// Where f is requested; at the end, the last iterate, except for ``Status/evaluationLimit``.
  var point: [Double] { search.point }
  /// Gradient at ``point``, filled in by the caller.
  var gradient: [Double] {
    _read { yield search.gradient }
    _modify { yield &search.gradient }  // in place: an attack writes thousands of values thousands of times
  }
  /// Number of accepted steps so far.
  private(set) var iterationCount = 0
  /// max |P(x − g) − x| at the last iterate.
  var projectedGradient: Double { search.projectedGradient }

  private let search: LimitedMemoryBFGS
  private let iterationLimit: Int
  private let evaluationLimit: Int
  private let gradientTolerance: Double
  private var evaluationCount = 0
  private var initialProjectedGradient: Double?

  /// - Parameters:
  ///   - lower: May be −∞; not above `upper`, which may be +∞.
  ///   - memory: Number of pairs that approximate the Hessian.
  ///   - evaluationLimit: Total number of evaluations, so that line searches end.
  ///   - gradientTolerance: Relative to the initial projected gradient. 0: converged only at exactly 0.
  init(
    lower: [Double], upper: [Double], memory: Int = 10, iterationLimit: Int = .max,
    evaluationLimit: Int = .max, gradientTolerance: Double = 1e-5
  ) {
    search = LimitedMemoryBFGS(lower: lower, upper: upper, memory: memory)
    self.iterationLimit = iterationLimit
    self.evaluationLimit = evaluationLimit
    self.gradientTolerance = gradientTolerance
  }

  /// Begins anew. The start is projected into the box.
  func start(at start: some Collection<Double>) -> Status {
    iterationCount = 0
    evaluationCount = 0
    initialProjectedGradient = nil
    return follow(search.start(at: start))
  }

  /// Continues with f = `value` and ``gradient`` at ``point``, until the next evaluation or the end.
  ///
  /// - Precondition: The last status was ``Status/wantsEvaluation``; both are finite.
  func advance(value: Double) -> Status { follow(search.advance(value: value)) }

  private func follow(_ first: LimitedMemoryBFGS.Request) -> Status {
    var request = first
    while true {
      switch request {
      case .evaluation:
        // By the second request the library has processed the first gradient.
        if evaluationCount == 1 { initialProjectedGradient = projectedGradient }
        if evaluationCount >= evaluationLimit { return .evaluationLimit }
        evaluationCount += 1
        return .wantsEvaluation
      case .iterated:
        iterationCount += 1
        if let initialProjectedGradient, projectedGradient <= gradientTolerance * initialProjectedGradient {
          return .converged
        }
        if iterationCount >= iterationLimit { return .iterationLimit }
        request = search.proceed()
      case .converged: return .converged
      case .lineSearchFailed: return .lineSearchFailed
      }
    }
  }
}
