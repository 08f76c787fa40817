import Foundation
import Testing

@testable import Directions

@Suite struct TopSetOverlapTests {
  @Test("Overlap is that of scikit-learn, and of brute force over many sets")
  func reference() throws {
    let reference = try CoherenceReference.load()
    let found = TopSetOverlap(of: reference.sets, imageCount: 60)
    #expect(abs(try #require(found.meanJaccard) - reference.meanJaccard) < 1e-14)

    let sets = RandomImageSet.draw(count: 40, size: 9, imageCount: 80, seed: 3).map(\.imageIndices)
    let many = TopSetOverlap(of: sets, imageCount: 80)
    var total = 0.0
    for first in sets.indices {
      for second in 0..<first {
        let (a, b) = (Set(sets[first]), Set(sets[second]))
        total += Double(a.intersection(b).count) / Double(a.union(b).count)
      }
    }
    #expect(abs(try #require(many.meanJaccard) - total / 780) < 1e-13)
    #expect(many.uniqueShare == Double(Set(sets.joined()).count) / 360)
    let hits = (0..<80).map { image in sets.count { $0.contains(image) } }
    #expect(many.maxHits == hits.max() && many.mostFrequentImage == hits.firstIndex(of: hits.max()!))
  }

  @Test("Equal sets have Jaccard 1 and are degenerate, separate ones 0 and are not")
  func ends() throws {
    let equal = TopSetOverlap(of: [[1, 2, 3], [3, 2, 1], [2, 3, 1], [1, 3, 2]], imageCount: 1000)
    #expect(equal.meanJaccard == 1 && equal.uniqueShare == 0.25 && equal.maxHits == 4)
    #expect(equal.isDegenerate)
    #expect(
      equal.warning
        == "degenerate basis: 4 directions × 3 images show 3 different images, and one image 4 times")
    let separate = TopSetOverlap(of: [[1, 2], [3, 4], [5, 6]], imageCount: 1000)
    #expect(separate.meanJaccard == 0 && separate.uniqueShare == 1 && separate.maxHits == 1)
    #expect(!separate.isDegenerate && separate.warning == nil)
    let one = TopSetOverlap(of: [[1, 2]], imageCount: 10)
    #expect(one.meanJaccard == nil && one.uniqueShare == 1 && !one.isDegenerate)
  }

  @Test("Random sets have the chance levels, also where they cannot help to overlap")
  func chance() throws {
    for (count, size, imageCount) in [(60, 9, 2000), (100, 20, 500)] {
      let overlaps = (0..<30).map { seed in
        TopSetOverlap(
          of: RandomImageSet.draw(count: count, size: size, imageCount: imageCount, seed: UInt64(seed))
            .map(\.imageIndices), imageCount: imageCount)
      }
      let jaccard = try overlaps.map { try #require($0.meanJaccard) }.reduce(0, +) / 30
      let unique = overlaps.map(\.uniqueShare).reduce(0, +) / 30
      // Means over 30 × 1,770 pairs and more, which share few images.
      #expect(abs(jaccard / overlaps[0].chanceJaccard - 1) < 0.05)
      #expect(abs(unique / overlaps[0].chanceUniqueShare - 1) < 0.01)
      #expect(overlaps.allSatisfy { !$0.isDegenerate })
    }
    // The whole probe set as a top set: nothing but overlap is possible.
    #expect(TopSetOverlap(of: [[0, 1, 2]], imageCount: 3).chanceJaccard == 1)
  }
}
