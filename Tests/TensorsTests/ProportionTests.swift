import Testing

@testable import Tensors

@Suite struct ProportionTests {
  // Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
  @Test(
    "The 95 % interval is Wilson's",
    arguments: [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ])
  func wilson(count: Int, total: Int, lower: Double, upper: Double) throws {
    let interval = try #require(Proportion(count, of: total).interval95)
    #expect(abs(interval.lowerBound - lower) < 5e-5)
    #expect(abs(interval.upperBound - upper) < 5e-5)
  }

  @Test("The interval of a count mirrors that of its complement and reaches 0 or 1 exactly at the ends")
  func symmetry() throws {
    for count in 0...12 {
      let interval = try #require(Proportion(count, of: 12).interval95)
      let mirrored = try #require(Proportion(12 - count, of: 12).interval95)
      #expect(abs(interval.lowerBound - (1 - mirrored.upperBound)) < 1e-15)
      #expect(interval.contains(Double(count) / 12))
    }
    #expect(Proportion(0, of: 5).interval95?.lowerBound == 0)
    #expect(Proportion(5, of: 5).interval95?.upperBound == 1)
  }

  @Test("A proportion of nothing has no value and no interval")
  func nothing() {
    #expect(Proportion(0, of: 0).value == nil)
    #expect(Proportion(0, of: 0).interval95 == nil)
  }
}
