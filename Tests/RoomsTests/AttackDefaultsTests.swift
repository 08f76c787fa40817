import TestSupport
import Testing

@testable import Attacks
@testable import PatternRoom

/// What every attack does that nobody gave settings: numbers in results depend on each of these.
@Suite struct AttackDefaultsTests {
  @Test("Settings and seeds of each attack, as each experiment makes it")
  func defaults() throws {
    var pin = Pin()
    pin.add(
      "attack, pool",
      AttackCard.all.map { card in
        "\(card.name): \(AttackMethod(defaultsOf: card).attack(seed: 7, workerCount: 2))"
      })
    pin.add(
      "transfer", TransferAttack.allCases.map { "\($0.rawValue): \($0.attack(seed: 7, workerCount: 2))" })
    pin.add(
      "pattern",
      PatternExperiment.Method.allCases.map { "\($0.rawValue): \($0.attack(seed: 7, workerCount: 2))" })
    try pin.expect("attack-defaults")
  }
}
