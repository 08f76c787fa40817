import Tensors
import Testing

@testable import Inference

@Suite struct PairPermutationTestTests {
  /// |i² − j²| between subjects i and j, all different and so without ties but for the symmetry.
  private func distances(_ count: Int) -> (values: [Double], outcomes: [[Double]]) {
    let values = (0..<count).map { Double($0 * $0) }
    return (values, values.map { row in values.map { abs(row - $0) } })
  }

  @Test(
    "Outcomes that are the distances themselves correlate fully, and only permutations that keep them do as well"
  )
  func perfect() throws {
    let (values, outcomes) = distances(5)
    let test = try #require(PairPermutationTest(of: values, outcomes: outcomes, seed: 1))
    #expect(abs(test.correlation - 1) < 1e-12)
    #expect(test.isExact && test.permutationCount == 120 && test.subjectCount == 5)
    #expect(test.p == 1.0 / 120)
    let turned = try #require(
      PairPermutationTest(of: values, outcomes: outcomes.map { $0.map { -$0 } }, seed: 1))
    #expect(abs(turned.correlation + 1) < 1e-12 && turned.p == 1.0 / 120)
  }

  @Test("Beyond seven subjects permutations are drawn, the one that changes nothing among them")
  func sampled() throws {
    let (values, outcomes) = distances(9)
    let test = try #require(PairPermutationTest(of: values, outcomes: outcomes, seed: 1))
    #expect(!test.isExact && test.permutationCount == 10_000)
    #expect(test.p >= 1e-4 && test.p < 0.001)
    #expect(test == PairPermutationTest(of: values, outcomes: outcomes, seed: 1))
  }

  @Test(
    "When outcomes have nothing to do with the subjects, p is at most 0.05 in no more than a twentieth of the cases"
  )
  func level() throws {
    var generator = SeededGenerator(seed: 9, purpose: "pair permutation test")
    var rejected = 0
    let trials = 300
    for _ in 0..<trials {
      let values = (0..<5).map { _ in generator.uniform() }
      let strength = (0..<5).map { _ in generator.uniform() }
      // A source that always transfers well: pairs are far from independent.
      let outcomes = (0..<5).map { row in (0..<5).map { _ in strength[row] + 0.1 * generator.uniform() } }
      let test = try #require(PairPermutationTest(of: values, outcomes: outcomes, seed: 1))
      if test.p <= 0.05 { rejected += 1 }
    }
    // Binomial with p = 0.05: mean 15, standard deviation 3.8; four of them above.
    #expect(rejected <= 30)
  }

  @Test("Too few subjects, or equal ones, give no test")
  func undefined() {
    #expect(PairPermutationTest(of: [1, 2], outcomes: [[0, 1], [2, 0]], seed: 1) == nil)
    let square = (0..<4).map { row in (0..<4).map { Double(row * 4 + $0) } }
    #expect(PairPermutationTest(of: [1, 1, 1, 1], outcomes: square, seed: 1) == nil)
    let flat = Array(repeating: Array(repeating: 0.5, count: 4), count: 4)
    #expect(PairPermutationTest(of: [1, 2, 3, 4], outcomes: flat, seed: 1) == nil)
  }
}
