import Foundation
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct BoxConstrainedLBFGSTests {
  /// Runs to the end and notes f at every accepted step.
  private func minimum(
    of function: ([Double]) -> (value: Double, gradient: [Double]), from start: [Double],
    with optimizer: BoxConstrainedLBFGS
  ) -> (status: BoxConstrainedLBFGS.Status, accepted: [Double]) {
    var accepted: [Double] = []
    var status = optimizer.start(at: start)
    while status == .wantsEvaluation {
      let (value, gradient) = function(optimizer.point)
      optimizer.gradient = gradient
      let before = optimizer.iterationCount
      status = optimizer.advance(value: value)
      if optimizer.iterationCount > before { accepted.append(value) }
    }
    return (status, accepted)
  }

  private func rosenbrock(_ x: [Double]) -> (value: Double, gradient: [Double]) {
    var value = 0.0
    var gradient = x.map { _ in 0.0 }
    for index in 0..<x.count - 1 {
      let bend = x[index + 1] - x[index] * x[index]
      value += 100 * bend * bend + (1 - x[index]) * (1 - x[index])
      gradient[index] += -400 * x[index] * bend - 2 * (1 - x[index])
      gradient[index + 1] += 200 * bend
    }
    return (value, gradient)
  }

  @Test("Rosenbrock's valley is followed to its end, or to the wall of the box")
  func valley() {
    let free = BoxConstrainedLBFGS(lower: [-2, -2], upper: [2, 2], gradientTolerance: 1e-10)
    #expect(minimum(of: rosenbrock, from: [-1.2, 1], with: free).status == .converged)
    expectClose(free.point[0], 1, absolute: 1e-6)
    expectClose(free.point[1], 1, absolute: 1e-6)
    // With x ≤ ½ the minimum is at (½, ¼): ∂f/∂x = −(1 − x) 2 < 0 holds x at the wall, and y = x².
    let walled = BoxConstrainedLBFGS(lower: [-2, -2], upper: [0.5, 2], gradientTolerance: 1e-10)
    #expect(minimum(of: rosenbrock, from: [-1.2, 1], with: walled).status == .converged)
    #expect(walled.point[0] == 0.5)
    expectClose(walled.point[1], 0.25, absolute: 1e-8)
  }

  @Test("A separable quadratic ends at the centre clipped to the box", arguments: 0..<10 as Range<UInt64>)
  func quadratic(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let curvatures = (0..<40).map { _ in 0.1 + 5 * generator.uniform() }
    let centres = generator.normals(40).map(Double.init)
    let optimizer = BoxConstrainedLBFGS(
      lower: Array(repeating: 0, count: 40), upper: Array(repeating: 1, count: 40), gradientTolerance: 1e-12)
    let (_, accepted) = minimum(
      of: { x in
        let offsets = zip(x, centres).map(-)
        return (
          zip(offsets, curvatures).reduce(0) { $0 + $1.0 * $1.0 * $1.1 / 2 },
          zip(offsets, curvatures).map(*)
        )
      }, from: Array(repeating: 0.5, count: 40), with: optimizer)
    for (found, centre) in zip(optimizer.point, centres) {
      expectClose(found, min(max(centre, 0), 1), absolute: 1e-8)
    }
    #expect(optimizer.point.contains(0) && optimizer.point.contains(1))
    #expect(accepted == accepted.sorted(by: >))
  }

  @Test("Bounds may be missing on either side, and a variable without room stays")
  func halfOpen() {
    let optimizer = BoxConstrainedLBFGS(
      lower: [-.infinity, 3, -.infinity, 0.25], upper: [.infinity, .infinity, -1, 0.25], gradientTolerance: 1e-12)
    _ = minimum(
      of: { x in (x.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) }, x.map { 2 * ($0 - 0.5) }) },
      from: [9, 9, -9, 9], with: optimizer)
    for (found, expected) in zip(optimizer.point, [0.5, 3, -1, 0.25]) {
      expectClose(found, expected, absolute: 1e-9)
    }
  }

  @Test("The objective never rises from one accepted step to the next, with kinks as well")
  func descent() {
    func kinked(_ x: [Double]) -> (value: Double, gradient: [Double]) {
      let smooth = rosenbrock(x)
      return (
        smooth.value + x.reduce(0) { $0 + 3 * abs($1 - 0.7) },
        zip(smooth.gradient, x).map { $0 + ($1 > 0.7 ? 3 : -3) }
      )
    }
    for function in [rosenbrock, kinked] {
      let optimizer = BoxConstrainedLBFGS(
        lower: Array(repeating: -2, count: 6), upper: Array(repeating: 2, count: 6), memory: 5,
        iterationLimit: 60, gradientTolerance: 1e-9)
      let (_, accepted) = minimum(of: function, from: [-1.2, 1, -1, 0.5, 1.9, -2], with: optimizer)
      #expect(accepted.count > 5)
      for (earlier, later) in zip(accepted, accepted.dropFirst()) { #expect(later <= earlier) }
    }
  }

  @Test("The objective times a constant ends after as many steps at the same point", arguments: [1e-6, 1e6])
  func scale(factor: Double) {
    func run(_ factor: Double) -> (point: [Double], steps: Int) {
      let optimizer = BoxConstrainedLBFGS(lower: [-2, -2], upper: [2, 2], gradientTolerance: 1e-4)
      let (status, _) = minimum(
        of: { x in
          let (value, gradient) = rosenbrock(x)
          return (factor * value, gradient.map { factor * $0 })
        }, from: [-1.2, 1], with: optimizer)
      #expect(status == .converged)
      return (optimizer.point, optimizer.iterationCount)
    }
    // A factor that is no power of two changes the rounding, and the first step of all, which has length 1 at most.
    for (found, expected) in zip(run(factor).point, run(1).point) { expectClose(found, expected, absolute: 1e-3) }
  }

  @Test("Iterations and evaluations end when they are used up")
  func limits() {
    let short = BoxConstrainedLBFGS(lower: [-2, -2], upper: [2, 2], iterationLimit: 3)
    #expect(minimum(of: rosenbrock, from: [-1.2, 1], with: short).status == .iterationLimit)
    #expect(short.iterationCount == 3)
    let few = BoxConstrainedLBFGS(lower: [-2, -2], upper: [2, 2], evaluationLimit: 4)
    var evaluations = 0
    let (status, _) = minimum(
      of: {
        evaluations += 1
        return rosenbrock($0)
      }, from: [-1.2, 1], with: few)
    #expect(status == .evaluationLimit && evaluations == 4)
  }

  @Test("A direction that leads nowhere down ends the search and is no error")
  func failedLineSearch() {
    // The gradient says up is down.
    let optimizer = BoxConstrainedLBFGS(lower: [-1], upper: [1])
    let (status, accepted) = minimum(of: { x in (x[0], [-1]) }, from: [0], with: optimizer)
    #expect(status == .lineSearchFailed && accepted.isEmpty)
    #expect(optimizer.point == [0])
  }

  @Test("Many minimisations at once on several threads give the bits of one after the other")
  func threads() {
    @Sendable func run(_ index: Int) -> [UInt64] {
      var generator = SeededGenerator(seed: UInt64(index))
      let dimension = 20 + index % 7 * 50
      let optimizer = BoxConstrainedLBFGS(
        lower: Array(repeating: -1.5, count: dimension), upper: Array(repeating: 0.8, count: dimension),
        memory: 3 + index % 9, iterationLimit: 40, gradientTolerance: 0)
      _ = BoxConstrainedLBFGSTests().minimum(
        of: BoxConstrainedLBFGSTests().rosenbrock, from: generator.normals(dimension).map(Double.init),
        with: optimizer)
      return optimizer.point.map(\.bitPattern)
    }
    let alone = (0..<200).map(run)
    for _ in 0..<3 { #expect(Workers.map(count: 200, workerCount: 8, run) == alone) }
  }
}
