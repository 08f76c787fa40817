import Tensors
import Testing

@testable import Lab

@Suite struct PiecewiseLinearFitTests {
  @Test("The dynamic programme finds the breakpoints that trying all of them finds", arguments: 1...6)
  func bruteForce(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, purpose: "piecewise fit")
    let x = (0..<11).map { Double($0) + 0.3 * generator.uniform() }
    let y = x.map { _ in generator.normalPair().0 }
    let found = PiecewiseLinearFit.residuals(x: x, y: y, pieceLimit: 4)
    for pieces in 1...4 {
      let best = best(x, y, from: 0, pieces: pieces)
      #expect(abs(found[pieces - 1] - best) < 1e-12)
    }
  }

  /// Every way to cut the points from `start` on into pieces of at least two.
  private func best(_ x: [Double], _ y: [Double], from start: Int, pieces: Int) -> Double {
    guard pieces > 1 else { return squares(x, y, start..<x.count) }
    return stride(from: start + 2, to: x.count, by: 1).map {
      squares(x, y, start..<$0) + best(x, y, from: $0, pieces: pieces - 1)
    }.min() ?? .infinity
  }

  private func squares(_ x: [Double], _ y: [Double], _ range: Range<Int>) -> Double {
    guard range.count > 1 else { return .infinity }
    let n = Double(range.count)
    let (sumX, sumY) = (range.map { x[$0] }.reduce(0, +), range.map { y[$0] }.reduce(0, +))
    let (sumXX, sumXY) = (
      range.map { x[$0] * x[$0] }.reduce(0, +), range.map { x[$0] * y[$0] }.reduce(0, +)
    )
    let slope = (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX)
    let level = (sumY - slope * sumX) / n
    return range.map { (y[$0] - slope * x[$0] - level) * (y[$0] - slope * x[$0] - level) }.reduce(0, +)
  }

  @Test("One piece explains a line, two a kink, and nothing is left of a constant")
  func shares() {
    let x = LogitLines.grid(range: 3, stepCount: 31)
    let line = PiecewiseLinearFit.explainedShares(x: x, curves: [x.map { 2 * $0 - 1 }], pieceLimit: 3)
    #expect(line.allSatisfy { abs($0 - 1) < 1e-12 })
    let kink = PiecewiseLinearFit.explainedShares(x: x, curves: [x.map { abs($0) }], pieceLimit: 3)
    #expect(abs(kink[0]) < 1e-12 && abs(kink[1] - 1) < 1e-12 && abs(kink[2] - 1) < 1e-12)
    #expect(PiecewiseLinearFit.explainedShares(x: x, curves: [x.map { _ in 4 }], pieceLimit: 2) == [1, 1])
  }
}
