import Foundation
import Tensors
import Testing

@testable import Inference

@Suite struct CoherenceVerdictTests {
  /// `count` differences with exactly this mean and standard deviation.
  private func differences(_ count: Int, mean: Double, deviation: Double) -> [Double] {
    let raw = (0..<count).map { Double($0) - Double(count - 1) / 2 }
    let scale = deviation / (raw.reduce(0) { $0 + $1 * $1 } / Double(count - 1)).squareRoot()
    return raw.map { mean + scale * $0 }
  }

  private static let table: [(mean: Double, deviation: Double, CoherenceVerdict.Conclusion, String)] = [
    (0.2, 0.05, .moreCoherent, "neurons more coherent"),
    (-0.2, 0.05, .lessCoherent, "neurons less coherent"),
    (0.05, 0.02, .differenceInsideMargin, "difference real but inside ±0.10"),
    (-0.05, 0.02, .differenceInsideMargin, "difference real but inside ±0.10"),
    (0.01, 0.03, .equivalent, "equivalent within ±0.10"),
    // (2.228 + 1.812) · 0.08/√11 = 0.097 < 0.1, and with 10 networks 0.104.
    (0.06, 0.08, .inconclusive, "inconclusive, need about 6 more networks"),
  ]

  @Test("Each place of the two intervals has its own fixed words", arguments: table.indices)
  func wordings(index: Int) throws {
    let (mean, deviation, conclusion, wording) = Self.table[index]
    let verdict = CoherenceVerdict(differences: differences(5, mean: mean, deviation: deviation), margin: 0.1)
    #expect(verdict.conclusion == conclusion)
    #expect(verdict.wording == wording)
    #expect(verdict.networkCount == 5)
    #expect(abs(verdict.effect - mean) < 1e-12)
    let interval = try #require(verdict.interval)
    #expect(abs(interval.halfWidth - 2.7764451051977987 * deviation / 5.0.squareRoot()) < 1e-12)
    let narrower = try #require(verdict.equivalenceInterval)
    #expect(abs(narrower.halfWidth - 2.13184678632665 * deviation / 5.0.squareRoot()) < 1e-12)
    #expect((verdict.furtherNetworkCount != nil) == (conclusion == .inconclusive))
  }

  // By hand: mean 0.0324, s/√5 = 0.011643, t = 2.7828 against 2.7764 and 2.1318.
  @Test("The sentence carries effect, interval, p and n, and p with the digits that tell it from α")
  func sentences() {
    #expect(
      CoherenceVerdict(differences: [0.050, 0.063, 0.011, 0.037, 0.001], margin: 0.1).sentence
        == "Neurons are more coherent than random directions, but by less than 0.10: κ differs by +0.032 on average "
        + "over 5 networks, 95 % interval +0.000 to +0.065, p = 0.04968; 90 % interval +0.008 to +0.057, p of "
        + "equivalence = 0.002.")
    #expect(
      CoherenceVerdict(differences: differences(5, mean: -0.01, deviation: 0.03), margin: 0.1).sentence
        == "Neurons and random directions are equivalent within ±0.10: κ differs by −0.010 on average over 5 "
        + "networks, 90 % interval −0.039 to +0.019, p of equivalence = 0.001. A smaller difference is not ruled "
        + "out: 95 % interval −0.047 to +0.027, p = 0.50.")
    #expect(
      CoherenceVerdict(differences: differences(5, mean: 0.2, deviation: 0.05), margin: 0.1).sentence
        == "Neurons are more coherent than random directions: κ differs by +0.200 on average over 5 networks, "
        + "95 % interval +0.138 to +0.262, p = 0.001. The difference exceeds the margin of 0.10.")
  }

  @Test("No verdict but those by interval ever speaks of equality, whatever p is")
  func neverNoDifference() throws {
    var generator = SeededGenerator(seed: 2, purpose: "verdicts")
    var seen: Set<CoherenceVerdict.Conclusion> = []
    for _ in 0..<3000 {
      let count = 1 + Int(generator.next(upperBound: 12 as UInt64))
      let (mean, deviation) = (0.1 * generator.normalPair().0, 0.15 * generator.uniform())
      let values = (0..<count).map { _ in mean + deviation * generator.normalPair().0 }
      let verdict = CoherenceVerdict(differences: values, margin: 0.1)
      seen.insert(verdict.conclusion)
      let text = (verdict.wording + verdict.sentence).lowercased()
      #expect(!text.contains("no difference") && !text.contains("no significant"))
      let isEquivalent = try count >= 5 && #require(verdict.equivalenceP) < 0.05
      #expect(verdict.wording.hasPrefix("equivalent within") == (isEquivalent && verdict.p! >= 0.05))
      if count >= 5, !isEquivalent, let p = verdict.p, p > 0.05 {
        #expect(verdict.conclusion == .inconclusive)
      }
      #expect(verdict.sentence.contains("\(count == 1 ? "One" : "\(count)") network"))
    }
    #expect(seen == Set(CoherenceVerdict.Conclusion.allCases))
  }

  @Test("Fewer than five networks get no verdict, however clear, and it says what they cannot say")
  func tooFew() throws {
    let one = CoherenceVerdict(differences: [0.3], margin: 0.1)
    #expect(one.conclusion == .tooFewNetworks && one.interval == nil && one.p == nil)
    #expect(one.effect == 0.3 && one.furtherNetworkCount == 4)
    #expect(one.wording == "no verdict from 1 network, need 4 more")
    #expect(one.sentence.contains("cannot say") && one.sentence.contains("+0.300"))
    let four = CoherenceVerdict(differences: [0.300, 0.301, 0.302, 0.303], margin: 0.1)
    #expect(four.conclusion == .tooFewNetworks && four.wording == "no verdict from 4 networks, need 1 more")
    #expect(try #require(four.interval).lower > 0.29)
    #expect(four.sentence.contains("cannot say"))
  }

  @Test(
    "With the number of networks it asks for, every mean leads to a conclusion, and with one fewer not every")
  func decisive() throws {
    for deviation in [0.03, 0.08, 0.2, 1.5] {
      let count = CoherenceVerdict.decisiveNetworkCount(standardDeviation: deviation, margin: 0.1)
      func isDecided(_ count: Int) -> Bool {
        stride(from: 0.0, through: 0.2, by: 0.0005).allSatisfy { mean in
          let sample = StudentInterval(count: count, mean: mean, standardDeviation: deviation)
          return !sample.interval().contains(0) || EquivalenceTest(of: sample, margin: 0.1).isEquivalent
        }
      }
      #expect(isDecided(count), "\(count) networks, deviation \(deviation)")
      if count > CoherenceVerdict.leastNetworkCount {
        let first = StudentInterval(count: count - 1, mean: 0, standardDeviation: deviation)
        #expect(first.interval().halfWidth + first.interval(level: 0.9).halfWidth >= 0.1)
      }
    }
    // For many networks t is z: n ≈ ((1.960 + 1.645) s/m)².
    let many = CoherenceVerdict.decisiveNetworkCount(standardDeviation: 10, margin: 0.1)
    #expect(abs(Double(many) / pow(3.6048 * 100, 2) - 1) < 1e-3)
  }

  @Test(
    "Where neurons are not special, fewer than 1 verdict in 20 calls them so; far inside the margin none is missed"
  )
  func errorRates() throws {
    var generator = SeededGenerator(seed: 12, purpose: "error rates")
    let trialCount = 5000
    var realCount = 0
    for _ in 0..<trialCount {
      let values = (0..<5).map { _ in 0.04 * generator.normalPair().0 }
      switch CoherenceVerdict(differences: values, margin: 0.1).conclusion {
      case .moreCoherent, .lessCoherent, .differenceInsideMargin: realCount += 1
      default: break
      }
    }
    let bound = BinomialDistribution(trialCount: trialCount, probability: 0.05).centralRange(level: 0.9999)
    #expect(bound.contains(realCount), "\(realCount) of \(trialCount)")
  }

  @Test("A verdict survives JSON")
  func json() throws {
    let verdict = CoherenceVerdict(
      differences: [0.1, 0.2, 0.15, 0.12, 0.22], margin: 0.05, metric: "residual")
    #expect(
      try JSONDecoder().decode(CoherenceVerdict.self, from: JSONEncoder().encode(verdict)) == verdict)
    #expect(verdict.sentence.contains("residual differs by +0.158"))
  }
}
