import Testing

@testable import Tensors

@Suite struct ExactSumTests {
  private func sums(_ values: some Sequence<Float>) -> (sum: ExactSum, squares: ExactSum) {
    var (sum, squares) = (ExactSum(), ExactSum())
    for value in values {
      sum.add(value)
      squares.add(squareOf: value)
    }
    sum.normalize()
    squares.normalize()
    return (sum, squares)
  }

  @Test("Numbers that Double would swallow are kept")
  func keepsEverything() {
    let largest = Float.greatestFiniteMagnitude
    let smallest = Float.leastNonzeroMagnitude
    #expect(sums([largest, smallest, -largest]).sum.value == Double(smallest))
    #expect(sums([1e20, 1, -1e20, 1]).sum.value == 2)
    #expect(sums([smallest, largest]).squares.value == Double(largest) * Double(largest))
    #expect(sums([smallest]).squares.value == Double(smallest) * Double(smallest))
    #expect(sums([-1.5, 0, -0.0, 0.25]).sum.value == -1.25)
    #expect(sums([]).sum.value == 0)
  }

  @Test("Sums of whole numbers are those of integers")
  func integers() {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<5000).map { _ in Int(generator.next() % 33_554_431) - 16_777_215 }
    let (sum, squares) = sums(values.map(Float.init))
    #expect(sum.value == Double(values.reduce(0, +)))
    #expect(squares.value == Double(values.reduce(0) { $0 + $1 * $1 }))
  }

  @Test("Any order and any grouping have the same digits", arguments: 0..<6 as Range<UInt64>)
  func order(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let values = generator.normals(999).enumerated().map {
      $1 * Float(sign: .plus, exponent: $0 % 200 - 100, significand: 1)
    }
    let whole = sums(values)
    let shuffled = generator.sample(values.count, of: values.count).map { values[$0] }
    #expect(sums(shuffled) == whole)
    let cut = Int(generator.next() % 999)
    var joined = sums(shuffled[..<cut])
    let rest = sums(shuffled[cut...])
    joined.sum.add(rest.sum)
    joined.squares.add(rest.squares)
    #expect(joined == whole)
    #expect(ExactSum(digits: whole.sum.digits) == whole.sum)
  }

  @Test("Mean and deviation from sums are those of two passes, also far from zero")
  func moments() throws {
    var generator = SeededGenerator(seed: 8)
    for offset in [0, 1, 1000, 16_000_000] as [Float] {
      let values = generator.normals(4000).map { $0 * 3 + offset }
      let (sum, squares) = sums(values)
      let (mean, deviation) = Statistics.moments(count: values.count, sum: sum, squares: squares)
      let expected: Double = try #require(Statistics.standardDeviation(values))
      let expectedMean: Double = try #require(Statistics.mean(values))
      #expect(abs(try #require(mean) - expectedMean) <= 1e-12 * max(1, abs(expectedMean)))
      // Two passes in Double are good to some n ulp; what is tested rounds once at the end.
      #expect(abs(try #require(deviation) - expected) <= 1e-11 * expected)
    }
    let few = sums([2])
    #expect(Statistics.moments(count: 0, sum: ExactSum(), squares: ExactSum()) == (nil, nil))
    #expect(Statistics.moments(count: 1, sum: few.sum, squares: few.squares) == (2, nil))
  }
}
