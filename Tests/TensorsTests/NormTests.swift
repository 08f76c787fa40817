import Testing

@testable import Tensors

@Suite struct NormTests {
  @Test("The norms of (3, −4, 0) are 7, 5 and 4, and 2 values are not 0")
  func knownValues() {
    let vector: [Float] = [3, -4, 0]
    #expect(Norm.l0(vector) == 2)
    #expect(Norm.l0([-0.0, .leastNonzeroMagnitude]) == 1)
    #expect(Norm.l1(vector) == 7)
    #expect(Norm.l2(vector) == 5)
    #expect(Norm.linf(vector) == 4)
  }

  @Test("No values have norm 0, and a NaN anywhere gives NaN", arguments: Norm.allCases)
  func edges(norm: Norm) {
    #expect(norm([]) == 0)
    #expect(norm([1, .nan, 5]).isNaN)
    #expect(norm([.nan]).isNaN)
  }

  @Test("Sums run in Double: a million tenths add up to a million times the Float nearest to 0.1")
  func wideSum() {
    // A sum in Float gives 100,958.
    let total = Norm.l1(repeatElement(Float(0.1), count: 1_000_000))
    #expect(abs(total - 1e6 * Double(Float(0.1))) < 1e-4)
  }

  @Test("Squares of the largest and the smallest Float neither overflow nor vanish")
  func extremes() {
    #expect(Norm.l2([.greatestFiniteMagnitude]) == Double(Float.greatestFiniteMagnitude))
    #expect(Norm.l2([.leastNonzeroMagnitude]) == Double(Float.leastNonzeroMagnitude))
  }
}
