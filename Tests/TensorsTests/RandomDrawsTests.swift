import Testing

@testable import Tensors

@Suite struct RandomDrawsTests {
  @Test("A sample has no repetition and begins like the larger sample of the same stream")
  func sample() {
    for seed in 0..<20 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var again = SeededGenerator(seed: seed)
      let few = generator.sample(7, of: 30)
      let all = again.sample(30, of: 30)
      #expect(few == Array(all.prefix(7)))
      #expect(all.sorted() == Array(0..<30))
    }
  }

  @Test("Each ordered pair of four is drawn about equally often")
  func uniform() {
    var generator = SeededGenerator(seed: 5)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<12_000 { counts[generator.sample(2, of: 4), default: 0] += 1 }
    #expect(counts.count == 12)
    // Expected 1000 each, standard deviation 30: five of them.
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test("Purposes and indices have streams of their own")
  func purposes() {
    var first = SeededGenerator(seed: 3, purpose: "a", index: 1)
    var again = SeededGenerator(seed: 3, purpose: "a", index: 1)
    var otherIndex = SeededGenerator(seed: 3, purpose: "a", index: 2)
    var otherPurpose = SeededGenerator(seed: 3, purpose: "b", index: 1)
    let drawn = first.next()
    #expect(drawn == again.next())
    #expect(drawn != otherIndex.next())
    #expect(drawn != otherPurpose.next())
  }
}
