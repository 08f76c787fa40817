import Testing

@testable import Tensors

@Suite struct StatisticsTests {
  @Test("Mean and standard deviation of 2 4 4 4 5 5 7 9 are 5 and √(32/7)")
  func moments() throws {
    let values: [Float] = [2, 4, 4, 4, 5, 5, 7, 9]
    #expect(Statistics.mean(values) == 5)
    #expect(abs(try #require(Statistics.standardDeviation(values)) - (32.0 / 7).squareRoot()) < 1e-15)
  }

  @Test("A large offset does not spoil the standard deviation")
  func offset() throws {
    let values: [Float] = [1_000_001, 1_000_002, 1_000_003]
    #expect(abs(try #require(Statistics.standardDeviation(values)) - 1) < 1e-12)
  }

  // numpy.quantile([1, 2, 4, 8, 16], p), NumPy's default method "linear".
  @Test(
    "Quantiles interpolate as NumPy's do",
    arguments: [(0, 1), (0.1, 1.4), (0.25, 2), (0.5, 4), (0.9, 12.8), (0.999, 15.968), (1, 16)])
  func quantiles(probability: Double, expected: Double) throws {
    let quantile = try #require(Statistics.quantile(probability, ofSorted: [1, 2, 4, 8, 16]))
    #expect(abs(quantile - expected) < 1e-12)
  }

  @Test("The element of a rank is that of the sorted values")
  func ranks() {
    var generator = SeededGenerator(seed: 6)
    var values = generator.normals(2000).map { abs($0) } + [0, 0, 0, 1e-30, 3e38, .infinity]
    values += values.prefix(50)
    let sorted = values.sorted()
    for rank in values.indices { #expect(Statistics.element(ofRank: rank, in: values) == sorted[rank]) }
  }

  @Test("Nothing has no mean, one value has no spread and is each of its quantiles")
  func edges() {
    #expect(Statistics.mean([Float]()) == nil)
    #expect(Statistics.median([Float]()) == nil)
    #expect(Statistics.standardDeviation([3]) == nil)
    #expect(Statistics.quantile(0.3, ofSorted: [3]) == 3)
    #expect(Statistics.median([3, 1, 2]) == 2)
    #expect(
      Statistics.median([3, 1, .infinity]) == 3
        && Statistics.median([3, 1, .infinity, .infinity]) == .infinity)
    #expect(Statistics.median([.infinity, .infinity, .infinity, 1]) == .infinity)
  }
}
