import Foundation
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct AttackPoolTests {
  let pool = AttackPool(
    [
      (
        "one",
        [
          .made(1, moved: 0.5), .made(2, moved: 0.25), .made(3, moved: nil),
          .made(4, moved: 0, alreadyWrong: true),
        ]
      ),
      (
        "two",
        [
          .made(1, moved: 0.25), .made(2, moved: 0.5), .made(3, moved: nil),
          .made(4, moved: 0, alreadyWrong: true),
        ]
      ),
      (
        "none",
        [
          .made(1, moved: nil), .made(2, moved: nil), .made(3, moved: nil),
          .made(4, moved: 0, alreadyWrong: true),
        ]
      ),
    ], norm: .l2)

  @Test("The best of each image is the nearest of all attacks, and says whose it is")
  func best() {
    #expect(pool.bestDistances == [0.25, 0.25, .infinity, 0])
    #expect(pool.bestAttacks == [1, 0, nil, nil])
    #expect(pool.robustAccuracy == Proportion(1, of: 4))
    #expect(pool.bestCurve.accuracy(at: 0.25) == Proportion(1, of: 4))
    #expect(pool.curve(ofAttack: 0).accuracy(at: 0.25) == Proportion(2, of: 4))
  }

  @Test("Local optimality is 1 for the best of the pool, 0 for one that finds nothing, and between by area")
  func optimality() throws {
    let pool = AttackPool(
      [
        ("near", [.made(1, moved: 0.25), .made(2, moved: 0.5), .made(3, moved: 1)]),
        ("far", [.made(1, moved: 0.5), .made(2, moved: nil), .made(3, moved: 4)]),
        ("none", [.made(1, moved: nil), .made(2, moved: nil), .made(3, moved: nil)]),
      ], norm: .l2)
    expectClose(try #require(pool.localOptimality(ofAttack: 0)), 1, absolute: 1e-12)
    expectClose(try #require(pool.localOptimality(ofAttack: 2)), 0, absolute: 1e-12)
    // d_max = 1, A* = (0.25 + 0.5 + 1)/3, A = (0.5 + 1 + 1)/3, clean accuracy 1.
    expectClose(
      try #require(pool.localOptimality(ofAttack: 1)), 1 - (2.5 - 1.75) / (3 - 1.75), absolute: 1e-12)
  }

  @Test("Where all best distances are equal, or none is known, there is no scale")
  func noScale() {
    #expect(pool.localOptimality(ofAttack: 0) == nil)
    let nothing = AttackPool([("a", [.made(1, moved: nil)])], norm: .l2)
    #expect(nothing.localOptimality(ofAttack: 0) == nil)
  }

  @Test("Failures survive a journey through JSON, which knows no infinity")
  func codable() throws {
    let read = try JSONDecoder().decode(AttackPool.self, from: JSONEncoder().encode(pool))
    #expect(read == pool && read.bestDistances[2] == .infinity)
  }
}
