import Foundation
import Tensors
import Testing

@testable import Privacy

@Suite struct MembershipAttackTests {
  private func normals(_ count: Int, mean: Double, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return generator.normals(count).map { mean + Double($0) }
  }

  @Test("Against two normal distributions the advantage is the largest gap of their distribution functions")
  func normalLosses() {
    let gap = 0.8
    let attack = MembershipAttack(
      memberLosses: normals(40_000, mean: 0, seed: 1), otherLosses: normals(40_000, mean: gap, seed: 2),
      seed: 3)
    // At the middle: Φ(gap/2) − Φ(−gap/2).
    let expected = erf(gap / 2 / 2.0.squareRoot())
    #expect(abs(attack.advantage - expected) < 5 * (0.5 / 40_000).squareRoot())
    for threshold in attack.thresholds { #expect(abs(threshold! - gap / 2) < 0.3) }
    #expect(Set(attack.thresholds).count == 2)
    // Every image is judged.
    #expect(attack.truePositives.total == 40_000 && attack.falsePositives.total == 40_000)
  }

  @Test(
    "Where losses say nothing the advantage is 0 on average, though the best threshold had one on its own half"
  )
  func nothing() {
    var (sum, squares, own) = (0.0, 0.0, 0.0)
    let count = 400
    for number in 0..<count {
      let (members, others) = (
        normals(60, mean: 0, seed: UInt64(number)), normals(60, mean: 0, seed: UInt64(number + 10_000))
      )
      let advantage = MembershipAttack(memberLosses: members, otherLosses: others, seed: 7).advantage
      sum += advantage
      squares += advantage * advantage
      let best = MembershipAttack.bestThreshold(members, others)
      own +=
        best.map { best in
          Double(members.count { $0 <= best }) / 60 - Double(others.count { $0 <= best }) / 60
        } ?? 0
    }
    let mean = sum / Double(count)
    #expect(abs(mean) < 4 * (squares / Double(count) / Double(count)).squareRoot())
    #expect(own / Double(count) > 0.08)  // so it must not be measured where it was chosen
  }

  @Test("The best threshold is that of all thresholds tried one by one", arguments: 0..<20)
  func bestThreshold(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func losses() -> [Double] { (0..<9).map { _ in Double(Int(generator.uniform() * 6)) } }  // with ties
    let (members, others) = (losses(), losses())
    func advantage(_ threshold: Double) -> Int {
      members.count { $0 <= threshold } - others.count { $0 <= threshold }
    }
    let best = (0..<6).map { advantage(Double($0)) }.max()!
    let found = MembershipAttack.bestThreshold(members, others)
    #expect(best <= 0 ? found == nil : found.map(advantage) == best)
    if let found { #expect((0..<Int(found)).allSatisfy { advantage(Double($0)) < best }) }
  }

  @Test(
    "Infinite losses are compared, members who all lose less are all found, and nobody is called where none should be"
  )
  func ends() {
    let parted = MembershipAttack(memberLosses: [0, 1, 2, 1], otherLosses: [5, .infinity, 6, 9], seed: 1)
    #expect(parted.advantage <= 1 && parted.falsePositives.count == 0)
    let reversed = MembershipAttack(memberLosses: [8, 9, 8, 9], otherLosses: [1, 2, 1, 2], seed: 1)
    #expect(reversed.thresholds == [nil, nil] && reversed.advantage == 0)
    // Neither half finds more in the other than there is.
    let found = MembershipAttack(memberLosses: [0, 0, 0, 0, 0], otherLosses: [5, 6, .infinity], seed: 2)
    #expect(found.advantage == 1 && found.truePositives.total == 5 && found.falsePositives.total == 3)
  }
}
