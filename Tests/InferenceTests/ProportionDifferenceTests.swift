import Tensors
import Testing

@testable import Inference

@Suite struct ProportionDifferenceTests {
  @Test(
    "Intervals are those of Newcombe's table II, method 10",
    arguments: [
      (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 10, 0.6075, 1.0),
      (0, 10, 0, 10, -0.2775, 0.2775),
    ])
  func published(_ a: Int, _ m: Int, _ b: Int, _ n: Int, lower: Double, upper: Double) throws {
    let difference = ProportionDifference(Proportion(a, of: m), minus: Proportion(b, of: n))
    let interval = try #require(difference.interval95)
    #expect(abs(interval.lower - lower) < 6e-5 && abs(interval.upper - upper) < 6e-5, "\(interval)")
    #expect(abs(difference.value! - (Double(a) / Double(m) - Double(b) / Double(n))) < 1e-15)
  }

  @Test("Turned round, the interval is turned round; of nothing there is none")
  func symmetry() throws {
    let (one, other) = (Proportion(13, of: 40), Proportion(2, of: 9))
    let there = try #require(ProportionDifference(one, minus: other).interval95)
    let back = try #require(ProportionDifference(other, minus: one).interval95)
    #expect(abs(there.lower + back.upper) < 1e-15 && abs(there.upper + back.lower) < 1e-15)
    #expect(ProportionDifference(one, minus: Proportion(0, of: 0)).interval95 == nil)
    #expect(ProportionDifference(Proportion(0, of: 0), minus: one).value == nil)
  }
}
