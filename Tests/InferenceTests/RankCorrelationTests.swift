import Tensors
import Testing

@testable import Inference

@Suite struct RankCorrelationTests {
  @Test("Without ties it is 1 − 6 Σ d² / n(n² − 1)")
  func closedForm() throws {
    var generator = SeededGenerator(seed: 3, purpose: "rank correlation")
    for count in 2...30 {
      let (first, second) = (generator.permutation(count), generator.permutation(count))
      let squares = zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let expected = 1 - 6 * Double(squares) / Double(count * (count * count - 1))
      // Any rising curve leaves ranks as they are.
      let found = try #require(
        RankCorrelation.spearman(first.map { Double($0 * $0) }, second.map { Double($0) - 7 }))
      #expect(abs(found - expected) < 1e-12)
    }
  }

  @Test("Ties share the mean of their ranks")
  func ties() throws {
    // Ranks 1.5, 1.5, 3, 4 beside 1, 2, 3, 4: 4.5 / √(4.5 · 5).
    let found = try #require(RankCorrelation.spearman([2, 2, 5, 9], [1, 2, 3, 4]))
    #expect(abs(found - 4.5 / (4.5 * 5).squareRoot()) < 1e-12)
  }

  @Test("Equal values have no order to correlate")
  func constant() {
    #expect(RankCorrelation.spearman([1, 1, 1], [1, 2, 3]) == nil)
    #expect(RankCorrelation.spearman([1], [2]) == nil)
    #expect(RankCorrelation.spearman([], []) == nil)
  }
}
