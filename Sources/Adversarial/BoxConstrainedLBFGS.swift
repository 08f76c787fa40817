import CLBFGSB
import Tensors

/// One minimisation of a smooth function in a box, by L-BFGS-B 3.0, as a dialogue with its caller.
///
///     minimise f(x) subject to lᵢ ≤ xᵢ ≤ uᵢ
///
/// The authors' own code: generalized Cauchy point, minimisation over the free variables with the last few pairs
/// of steps and gradient differences, line search after Moré and Thuente. Byrd, Lu, Nocedal, Zhu (1995); Zhu, Byrd,
/// Lu, Nocedal (1997), algorithm 778; Morales, Nocedal (2011).
///
///     let optimizer = BoxConstrainedLBFGS(lower: lower, upper: upper)
///     var status = optimizer.start(at: x)
///     while status == .wantsEvaluation {
///       writeGradient(at: optimizer.point, to: &optimizer.gradient)
///       status = optimizer.advance(value: f(optimizer.point))
///     }
///
/// It stops when the projected gradient has become small relative to that at the start, so that multiplying f by
/// a constant changes nothing; the library's own two criteria, one of them absolute, are turned off.
///
/// Values are Double. One optimizer is used by one thread at a time; several may run side by side, because the
/// library has no static data: all that lasts between two calls is in the arrays it is given, which belong to one
/// optimizer, and its products are so small that OpenBLAS works on the calling thread.
final class BoxConstrainedLBFGS {
  enum Status: Equatable {
    /// Wants f and its gradient at ``BoxConstrainedLBFGS/point``.
    case wantsEvaluation
    /// The projected gradient is small enough, or exactly zero.
    case converged
    case iterationLimit
    /// The line search was cut short, and ``BoxConstrainedLBFGS/point`` is not an iterate.
    case evaluationLimit
    /// No lower value was found along the direction, as happens at a kink or where f is all rounding. The last
    /// iterate is the answer.
    case lineSearchFailed
  }

  /// Where f is wanted; after the end, the last iterate but for ``Status/evaluationLimit``.
  private(set) var point: [Double]
  /// For the caller to fill in at ``point``.
  var gradient: [Double]
  /// Steps accepted so far.
  private(set) var iterationCount = 0
  /// max |P(x − g) − x| at the last iterate.
  var projectedGradient: Double { lbfgsb_projected_gradient(&state) }

  private let memory: Int
  private let iterationLimit: Int
  private let evaluationLimit: Int
  private let gradientTolerance: Double
  private let lower: [Double]
  private let upper: [Double]
  private let boundKinds: [Int32]
  private var state = lbfgsb_state()
  private var workspace: [Double]
  private var indices: [Int32]
  private var evaluationCount = 0
  private var initialProjectedGradient: Double?

  /// - Parameters:
  ///   - lower: May be −∞; not above `upper`, which may be +∞.
  ///   - memory: Pairs that the approximation of the Hessian is made from.
  ///   - evaluationLimit: Evaluations in all, so that line searches end.
  ///   - gradientTolerance: Relative to the projected gradient at the start. 0: never converged but at 0.
  init(
    lower: [Double], upper: [Double], memory: Int = 10, iterationLimit: Int = .max,
    evaluationLimit: Int = .max, gradientTolerance: Double = 1e-5
  ) {
    precondition(lower.count == upper.count && !lower.isEmpty, "\(lower.count) and \(upper.count) bounds")
    precondition(memory > 0, "the memory must hold a pair, got \(memory)")
    holdOpenBLASToOneThread
    let dimension = lower.count
    self.lower = lower
    self.upper = upper
    self.memory = memory
    self.iterationLimit = iterationLimit
    self.evaluationLimit = evaluationLimit
    self.gradientTolerance = gradientTolerance
    // The library's code: 0 unbounded, 1 below, 2 on both sides, 3 above.
    boundKinds = zip(lower, upper).map { lower, upper in
      precondition(lower <= upper, "bounds \(lower)…\(upper) hold nothing")
      return lower.isFinite ? (upper.isFinite ? 2 : 1) : (upper.isFinite ? 3 : 0)
    }
    point = [Double](repeating: 0, count: dimension)
    gradient = point
    workspace = [Double](
      repeating: 0, count: (2 * memory + 5) * dimension + 11 * memory * memory + 8 * memory)
    indices = [Int32](repeating: 0, count: 3 * dimension)
  }

  /// Begins anew. The start is moved into the box.
  func start(at start: some Collection<Double>) -> Status {
    precondition(start.count == point.count, "\(start.count) values for \(point.count) variables")
    for (index, value) in start.enumerated() { point[index] = value }
    iterationCount = 0
    evaluationCount = 0
    initialProjectedGradient = nil
    lbfgsb_start(&state)
    return advance(value: 0)
  }

  /// Goes on with f = `value` and ``gradient`` at ``point``, until the next evaluation or the end.
  ///
  /// - Precondition: The last status was ``Status/wantsEvaluation``; both are finite.
  func advance(value: Double) -> Status {
    while true {
      switch call(value) {
      case lbfgsb_evaluate:
        // At the second request the library has looked at the first gradient.
        if evaluationCount == 1 { initialProjectedGradient = projectedGradient }
        if evaluationCount >= evaluationLimit { return .evaluationLimit }
        evaluationCount += 1
        return .wantsEvaluation
      case lbfgsb_iterated:
        iterationCount += 1
        if let initialProjectedGradient, projectedGradient <= gradientTolerance * initialProjectedGradient {
          return .converged
        }
        if iterationCount >= iterationLimit { return .iterationLimit }
      case lbfgsb_converged: return .converged
      case lbfgsb_line_search_failed: return .lineSearchFailed
      default: preconditionFailure("L-BFGS-B refuses its arguments, which this class makes")
      }
    }
  }

  private func call(_ value: Double) -> lbfgsb_request {
    lbfgsb_advance(
      &state, Int32(point.count), Int32(memory), &point, lower, upper, boundKinds, value, &gradient, &workspace,
      &indices)
  }
}
