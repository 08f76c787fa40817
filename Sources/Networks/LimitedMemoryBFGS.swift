import CLBFGSB
import Tensors

/// One minimisation of a smooth function of many variables without bounds, as a dialogue with its caller.
///
/// L-BFGS-B 3.0 with no variable bounded, where it is L-BFGS with the line search of Moré and Thuente. Byrd, Lu,
/// Nocedal, Zhu (1995); Morales, Nocedal (2011). The library's own stopping criteria are turned off: the caller looks
/// at every iterate.
///
/// Values are Double. One optimizer is used by one thread at a time.
final class LimitedMemoryBFGS {
  enum Request: Equatable {
    /// Wants f and its gradient at ``LimitedMemoryBFGS/point``.
    case evaluation
    /// ``LimitedMemoryBFGS/point`` and ``LimitedMemoryBFGS/gradient`` are those of a new iterate; go on with `proceed`.
    case iterated
    /// No lower value was found along the direction: what is left is rounding. ``LimitedMemoryBFGS/point`` is the last
    /// iterate. Also where the gradient is exactly zero.
    case exhausted
  }

  private(set) var point: [Double]
  /// For the caller to fill in at ``point``.
  var gradient: [Double]

  /// f at ``point``: the library wants it again after an iterate.
  private var value = 0.0
  private let memory: Int
  private let noBounds: [Double]
  private let boundKinds: [Int32]
  private var state = lbfgsb_state()
  private var workspace: [Double]
  private var indices: [Int32]

  /// - Parameter memory: Pairs of steps and gradient differences that the approximation of the Hessian is made from.
  init(startingAt start: [Double], memory: Int) {
    precondition(!start.isEmpty && memory > 0, "\(start.count) variables, a memory of \(memory) pairs")
    holdOpenBLASToOneThread
    self.memory = memory
    point = start
    gradient = [Double](repeating: 0, count: start.count)
    noBounds = gradient
    boundKinds = [Int32](repeating: 0, count: start.count)
    workspace = [Double](
      repeating: 0, count: (2 * memory + 5) * start.count + 11 * memory * memory + 8 * memory)
    indices = [Int32](repeating: 0, count: 3 * start.count)
    lbfgsb_start(&state)
  }

  /// The first request, or the next after ``Request/iterated``.
  func proceed() -> Request { advance(value: value) }

  /// Goes on with f = `value` and ``gradient`` at ``point``.
  ///
  /// - Precondition: The last request was ``Request/evaluation``; both are finite.
  func advance(value: Double) -> Request {
    self.value = value
    let request = lbfgsb_advance(
      &state, Int32(point.count), Int32(memory), &point, noBounds, noBounds, boundKinds, value, &gradient,
      &workspace, &indices)
    switch request {
    case lbfgsb_evaluate: return .evaluation
    case lbfgsb_iterated: return .iterated
    case lbfgsb_converged, lbfgsb_line_search_failed: return .exhausted
    default: preconditionFailure("L-BFGS-B refuses its arguments, which this class makes")
    }
  }
}
