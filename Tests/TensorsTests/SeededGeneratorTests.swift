import Testing

@testable import Tensors

@Suite struct SeededGeneratorTests {
  // Known answers published with Random123 (kat_vectors, philox4x32 10 rounds).
  @Test("Philox 4×32-10 gives the published answers")
  func knownAnswers() {
    #expect(
      SeededGenerator.philox(counter: (0, 0, 0, 0), key: (0, 0))
        == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = UInt32.max
    #expect(
      SeededGenerator.philox(counter: (ones, ones, ones, ones), key: (ones, ones))
        == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      SeededGenerator.philox(
        counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
        == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test("Two streams of one seed differ, and a stream repeats")
  func streams() {
    var first = SeededGenerator(seed: 7, stream: 1)
    var again = SeededGenerator(seed: 7, stream: 1)
    var other = SeededGenerator(seed: 7, stream: 2)
    let drawn = (0..<64).map { _ in first.next() }
    #expect(drawn == (0..<64).map { _ in again.next() })
    #expect(Set(drawn).isDisjoint(with: (0..<64).map { _ in other.next() }))
  }
}
