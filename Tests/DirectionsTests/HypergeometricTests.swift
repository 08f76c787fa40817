import Testing

@testable import Directions

@Suite struct HypergeometricTests {
  @Test("Probabilities are those of SciPy, and 0 outside the support")
  func reference() throws {
    for draws in try CoherenceReference.load().hypergeometric {
      let found = Hypergeometric(
        population: draws.population, markedCount: draws.marked, drawCount: draws.draws)
      for (count, expected) in draws.probabilities.enumerated() {
        // Differences of log-gammas near 10⁵ keep some ten digits.
        #expect(abs(found.probability(of: count) - expected) < 1e-10)
      }
      #expect(abs(found.expectation { _ in 1 } - 1) < 1e-10)
      let mean = Double(draws.draws * draws.marked) / Double(draws.population)
      #expect(abs(found.expectation(of: Double.init) - mean) < 1e-9)
    }
  }
}
