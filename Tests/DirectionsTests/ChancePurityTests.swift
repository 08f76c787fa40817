import Testing

@testable import Directions

@Suite struct ChancePurityTests {
  /// E[max n_c]/k over all sets of two and three images, counted out.
  @Test("Simulated chance purity of a small probe set is the enumerated one")
  func enumerated() {
    let labels = ClassLabels([0, 0, 0, 1, 1, 2], classCount: 3)
    var exact = [2: 0.0, 3: 0.0]
    var sets = [2: 0.0, 3: 0.0]
    for mask in 0..<64 {
      let images = (0..<6).filter { mask >> $0 & 1 == 1 }
      guard exact[images.count] != nil else { continue }
      exact[images.count]! += Double(labels.counts(among: images).max()!) / Double(images.count)
      sets[images.count]! += 1
    }
    for size in [2, 3] {
      let chance = ChancePurity(imageCount: size, labels: labels, seed: 1)
      // Standard deviation of a draw is below 0.25; four standard errors of 10,000 draws.
      #expect(abs(chance.value - exact[size]! / sets[size]!) < 0.01)
    }
  }

  // Ten balanced classes, 10,000 images; multinomial values to three digits.
  @Test(
    "Ten balanced classes give the known bias of purity",
    arguments: [(1, 1.0), (4, 0.384), (9, 0.286), (10, 0.275), (25, 0.207), (100, 0.151)])
  func balanced(size: Int, expected: Double) {
    let labels = ClassLabels((0..<10_000).map { $0 % 10 }, classCount: 10)
    let chance = ChancePurity(imageCount: size, labels: labels, seed: 2)
    #expect(abs(chance.value - expected) < 0.005)
  }

  @Test("Adjusted purity is 1 for one class, and absent where chance is 1 or the size is another")
  func adjusted() {
    let labels = ClassLabels((0..<100).map { $0 % 4 }, classCount: 4)
    let chance = ChancePurity(imageCount: 3, labels: labels, seed: 3)
    #expect(chance.adjusted(LabelAgreement(of: [0, 4, 8], in: labels)) == 1)
    #expect(chance.adjusted(LabelAgreement(of: [0, 4], in: labels)) == nil)
    let alone = ChancePurity(imageCount: 1, labels: labels, seed: 3)
    #expect(alone.adjusted(LabelAgreement(of: [0], in: labels)) == nil)
  }

  @Test("The same seed gives the same value, another seed another one")
  func seeds() {
    let labels = ClassLabels((0..<100).map { $0 % 4 }, classCount: 4)
    let first = ChancePurity(imageCount: 9, labels: labels, seed: 5)
    #expect(first == ChancePurity(imageCount: 9, labels: labels, seed: 5))
    #expect(first != ChancePurity(imageCount: 9, labels: labels, seed: 6))
  }
}
