import Tensors
import Testing

@testable import Inference

@Suite struct MultipleTestingTests {
  @Test("Holm's p-values are those of the closed testing principle, Benjamini and Hochberg's are SciPy's")
  func reference() throws {
    let expected = try Reference.load().adjusted
    let holm = MultipleTesting.holm(expected.p)
    let benjaminiHochberg = MultipleTesting.benjaminiHochberg(expected.p)
    #expect(holm.count == expected.holm.count)
    #expect(zip(holm, expected.holm).allSatisfy { agrees($0, $1) })
    #expect(zip(benjaminiHochberg, expected.benjaminiHochberg).allSatisfy { agrees($0, $1) })
  }

  @Test("Adjusting keeps the order, never lowers a p, leaves a single one alone and takes none")
  func properties() {
    var generator = SeededGenerator(seed: 4, purpose: "p-values")
    for adjust in [MultipleTesting.holm, MultipleTesting.benjaminiHochberg] {
      for count in 1...20 {
        let p = (0..<count).map { _ in generator.uniform() }
        let adjusted = adjust(p)
        for (first, second) in zip(p.indices, p.indices.dropFirst()) where p[first] <= p[second] {
          #expect(adjusted[first] <= adjusted[second])
        }
        #expect(zip(p, adjusted).allSatisfy { $0 <= $1 && $1 <= 1 })
      }
      #expect(adjust([0.3]) == [0.3])
      #expect(adjust([]) == [])
    }
  }

  @Test("Where every null hypothesis holds, Holm's finds anything in at most 5 % of families")
  func familywise() {
    var generator = SeededGenerator(seed: 5, purpose: "families")
    let familyCount = 10_000
    var holmCount = 0
    var benjaminiHochbergCount = 0
    for _ in 0..<familyCount {
      let p = (0..<6).map { _ in generator.uniform() }
      if MultipleTesting.holm(p).contains(where: { $0 <= 0.05 }) { holmCount += 1 }
      if MultipleTesting.benjaminiHochberg(p).contains(where: { $0 <= 0.05 }) { benjaminiHochbergCount += 1 }
    }
    func bound(_ probability: Double) -> ClosedRange<Int> {
      BinomialDistribution(trialCount: familyCount, probability: probability).centralRange(level: 0.9999)
    }
    // With all six true: 1 − (1 − 0.05/6)⁶ for Holm, exactly 0.05 for the other (Simes 1986).
    #expect(bound(0.04897).contains(holmCount), "\(holmCount)")
    #expect(bound(0.05).contains(benjaminiHochbergCount), "\(benjaminiHochbergCount)")
  }

  @Test(
    "The max-T p counts rotations whose largest statistic reaches a unit's, and holds its level over all units"
  )
  func maximumStatistic() {
    #expect(MultipleTesting.maximumStatistic([3, 5, 0], maxima: [1, 3, 4]) == [0.75, 0.25, 1])
    var generator = SeededGenerator(seed: 6, purpose: "maxima")
    let trialCount = 4000
    var count = 0
    for _ in 0..<trialCount {
      // Units that share most of their noise, as directions through the same features do.
      func basis() -> [Double] {
        let shared = generator.normalPair().0
        return (0..<5).map { _ in shared + 0.5 * generator.normalPair().0 }
      }
      let units = basis()
      let maxima = (0..<39).map { _ in basis().max()! }
      if MultipleTesting.maximumStatistic(units, maxima: maxima).contains(where: { $0 <= 0.05 }) {
        count += 1
      }
    }
    // 2 of 40 equally likely ranks.
    #expect(
      BinomialDistribution(trialCount: trialCount, probability: 0.05).centralRange(level: 0.9999).contains(
        count))
  }
}
