import Testing

@testable import Directions

@Suite struct ClassSelectivityIndexTests {
  @Test("Both readings are those worked out by hand, and agree for balanced classes")
  func byHand() throws {
    // Class means 4, 1 and 2; the last has two images more.
    let scores = DirectionScores([3, 5, 0, 2, 2, 2, 1, 3])
    let labels = ClassLabels([0, 0, 1, 1, 2, 2, 2, 2], classCount: 4)
    let result = ClassSelectivityIndex(of: scores, in: labels)
    let index = try #require(result.index)
    let ccmas = try #require(result.ccmas)
    #expect(abs(index - 5.0 / 11) < 1e-15)  // (4 − 3/2) / (4 + 3/2)
    #expect(abs(ccmas - 7.0 / 17) < 1e-15)  // (4 − 10/6) / (4 + 10/6)
    #expect(result.topClass == 0 && result.reason == nil)
    let balanced = ClassSelectivityIndex(
      of: DirectionScores([3, 5, 0, 2, 2, 2]), in: ClassLabels([0, 0, 1, 1, 2, 2], classCount: 3))
    #expect(balanced.index == balanced.ccmas)
  }

  @Test("A unit on for one class alone has 1, an even one 0, and scaling changes nothing")
  func ends() {
    let labels = ClassLabels([0, 0, 1, 1], classCount: 2)
    #expect(ClassSelectivityIndex(of: DirectionScores([0, 0, 0, 2]), in: labels).index == 1)
    #expect(ClassSelectivityIndex(of: DirectionScores([1, 2, 2, 1]), in: labels).index == 0)
    #expect(
      ClassSelectivityIndex(of: DirectionScores([1, 2, 3, 5]), in: labels)
        == ClassSelectivityIndex(of: DirectionScores([4, 8, 12, 20]), in: labels))
  }

  @Test("Signed scores, a dead unit and a single class have no index, and the reason is told")
  func reasons() {
    let labels = ClassLabels([0, 0, 1], classCount: 2)
    let signed = ClassSelectivityIndex(of: DirectionScores([1, -1, -2]), in: labels)
    #expect(signed.index == nil && signed.ccmas == nil && signed.topClass == nil)
    #expect(signed.reason == "2 of 3 scores are negative")
    #expect(ClassSelectivityIndex(of: DirectionScores([0, 0, 0]), in: labels).reason == "all scores are 0")
    let single = ClassSelectivityIndex(of: DirectionScores([1, 2]), in: ClassLabels([1, 1], classCount: 2))
    #expect(single.reason == "the images are of fewer than two classes")
  }
}
