import Testing

@testable import Poisoning

@Suite struct LabelFlipsTests {
  private let labels = (0..<6000).map { $0 * 7919 % 101 % 4 }

  @Test(
    "Exactly round(share · n) labels change, each to another class, and no other",
    arguments: [0, 0.0001, 0.1, 0.3333, 0.5, 1])
  func count(share: Double) {
    let flips = LabelFlips(of: labels, classCount: 4, share: share, pattern: .random, seed: 3)
    #expect(flips.images.count == Int((share * 6000).rounded()))
    #expect(flips.images == labels.indices.filter { labels[$0] != flips.labels[$0] })
    #expect(flips.labels.allSatisfy { (0..<4).contains($0) })
  }

  @Test("A larger share contains the flips of a smaller one, with the same new labels")
  func nested() {
    for pattern in [LabelFlips.Pattern.random, .targeted(from: 1, to: 2)] {
      let few = LabelFlips(of: labels, classCount: 4, share: 0.1, pattern: pattern, seed: 3)
      let many = LabelFlips(of: labels, classCount: 4, share: 0.4, pattern: pattern, seed: 3)
      #expect(Set(few.images).isSubset(of: many.images) && few.images.count < many.images.count)
      #expect(few.images.allSatisfy { few.labels[$0] == many.labels[$0] })
      let other = LabelFlips(of: labels, classCount: 4, share: 0.1, pattern: pattern, seed: 4)
      #expect(other.images != few.images)
    }
  }

  @Test("Targeted flips lead from the one class to the other and take their share of that class")
  func targeted() {
    let flips = LabelFlips(
      of: labels, classCount: 4, share: 0.25, pattern: .targeted(from: 2, to: 0), seed: 1)
    let total = labels.count { $0 == 2 }
    #expect(flips.images.count == Int((0.25 * Double(total)).rounded()) && !flips.images.isEmpty)
    #expect(flips.images.allSatisfy { labels[$0] == 2 && flips.labels[$0] == 0 })
  }

  @Test("New labels are uniform among the other classes")
  func uniform() {
    let flips = LabelFlips(of: labels, classCount: 4, share: 1, pattern: .random, seed: 5)
    for label in 0..<4 {
      let own = flips.images.filter { labels[$0] == label }
      for other in 0..<4 where other != label {
        let (count, mean) = (Double(own.count { flips.labels[$0] == other }), Double(own.count) / 3)
        // Five deviations of a binomial count.
        #expect(
          abs(count - mean) < 5 * (mean * 2 / 3).squareRoot(), "\(label) to \(other): \(count) of \(mean)")
      }
    }
  }
}
