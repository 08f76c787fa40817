import Tensors
import Testing

@testable import Inference

@Suite struct CliffsDeltaTests {
  @Test("With ties it is 2U/nm − 1 with SciPy's U")
  func reference() throws {
    let expected = try Reference.load().cliff
    #expect(abs(CliffsDelta(of: expected.first, over: expected.second).value - expected.delta) < 1e-14)
  }

  @Test("It is the sign of every pair, averaged; exchanging the groups changes its sign")
  func definition() {
    var generator = SeededGenerator(seed: 1, purpose: "pairs")
    for _ in 0..<40 {
      let first = (0..<9).map { _ in Double(generator.next(upperBound: 6 as UInt64)) }
      let second = (0..<13).map { _ in Double(generator.next(upperBound: 6 as UInt64)) }
      let pairs = first.flatMap { x in second.map { y in x > y ? 1 : x < y ? -1 : 0 } }
      let delta = CliffsDelta(of: first, over: second).value
      #expect(delta == Double(pairs.reduce(0, +)) / Double(pairs.count))
      #expect(CliffsDelta(of: second, over: first).value == -delta)
    }
    #expect(CliffsDelta(of: [2, 3], over: [0, 1]).value == 1)
    #expect(CliffsDelta(of: [1, 1], over: [1]).value == 0)
  }

  // δ = 1 − 2 · (share of second values above), 1,000 of them.
  @Test(
    "The conventional sizes begin at 0.147, 0.33 and 0.474",
    arguments: [
      (146, CliffsDelta.Size.negligible), (148, .small), (328, .small), (330, .medium), (472, .medium),
      (474, .large), (1000, .large), (-146, .negligible), (-474, .large),
    ])
  func sizes(thousandths: Int, size: CliffsDelta.Size) {
    let below = (1000 + thousandths) / 2
    let second = [Double](repeating: 0, count: below) + [Double](repeating: 2, count: 1000 - below)
    let delta = CliffsDelta(of: [1], over: second)
    #expect(abs(delta.value - Double(thousandths) / 1000) < 1e-12)
    #expect(delta.size == size)
  }
}
