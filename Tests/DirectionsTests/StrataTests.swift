import Tensors
import Testing

@testable import Directions

@Suite struct StrataTests {
  private func strata(_ scores: [Float], top: Int = 9, seed: UInt64 = 1) -> [Strata.Kind: Strata.Group] {
    var generator = SeededGenerator(seed: seed, purpose: "test strata")
    let groups = Strata(scores: scores, topCount: top, using: &generator).groups
    return Dictionary(uniqueKeysWithValues: groups.map { ($0.kind, $0) })
  }

  @Test("Of 10,000 different scores each group holds the ranks that its name says")
  func ranks() throws {
    var generator = SeededGenerator(seed: 3)
    // Image i has the score −rank, so that a rank can be read from it.
    let rankOfImage = generator.permutation(10_000).map { $0 + 1 }
    let groups = strata(rankOfImage.map { Float(-$0) })
    // (N − 1)(1 − p) + 1 is 500.95, 2500.75 and 5000.5; a window of 100 ranks stands evenly around each.
    let wanted: [(Strata.Kind, ClosedRange<Int>, drawn: Int)] = [
      (.top, 1...9, 9), (.justBelow, 10...100, 6), (.percentile95, 451...550, 5),
      (.percentile75, 2451...2550, 5), (.median, 4951...5050, 5), (.random, 1...10_000, 3),
      (.bottom, 9998...10_000, 3),
    ]
    #expect(groups.count == wanted.count)
    for (kind, ranks, drawn) in wanted {
      let group = try #require(groups[kind], "\(kind)")
      #expect(group.firstRank == ranks.lowerBound, "\(kind)")
      #expect(group.size == Proportion(ranks.count, of: 10_000), "\(kind)")
      #expect(
        group.highest == Float(-ranks.lowerBound) && group.lowest == Float(-ranks.upperBound), "\(kind)")
      let found = group.images.map { rankOfImage[$0.imageIndex] }
      #expect(found.count == drawn && Set(found).count == drawn, "\(kind)")
      #expect(found == found.sorted() && found.allSatisfy(ranks.contains), "\(kind)")
      #expect(group.images.map(\.score) == found.map { Float(-$0) }, "\(kind)")
    }
  }

  @Test("A rectified unit ends in a group of zeros, drawn from all of them and not from the first numbers")
  func zeros() throws {
    // Images 0 to 699 are silent, 700 to 999 speak.
    let scores = (0..<1000).map { $0 < 700 ? 0 : Float($0) }
    var seen: Set<Int> = []
    for seed in 0..<40 as Range<UInt64> {
      let groups = strata(scores, seed: seed)
      #expect(groups[.bottom] == nil)
      let zeros = try #require(groups[.zeros])
      #expect(zeros.size == Proportion(700, of: 1000) && zeros.highest == 0 && zeros.lowest == 0)
      #expect(zeros.firstRank == 301)
      #expect(zeros.images.allSatisfy { scores[$0.imageIndex] == 0 })
      seen.formUnion(zeros.images.map(\.imageIndex))
      // The median lies among the zeros; its images are a draw of them too.
      let median = try #require(groups[.median])
      #expect(median.highest == 0)
      seen.formUnion(median.images.map(\.imageIndex))
    }
    // 320 draws of 700 numbers: in expectation 46 of each of the seven hundreds.
    for hundred in 0..<7 { #expect(seen.contains { $0 / 100 == hundred }) }
  }

  @Test("A unit with negative scores, or with one zero, has a bottom", arguments: [-1, 0] as [Float])
  func bottom(lowest: Float) throws {
    let scores = [lowest] + (1..<500).map(Float.init)
    let group = try #require(strata(scores)[.bottom])
    #expect(group.images.map(\.imageIndex) == [2, 1, 0])
    #expect(strata(scores)[.zeros] == nil)
  }

  @Test("The top is the ranking's, ties by image number")
  func top() throws {
    let features = try FeatureMatrix.tied(images: 300, dimension: 4, seed: 2)
    let directions = DirectionSet.neurons(dimension: 4)
    let ranking = Ranking(of: features, along: directions, topCount: 9)
    for row in 0..<4 {
      let group = try #require(strata(features.scores(along: directions, row: row))[.top])
      #expect(group.images == ranking.topImages[row])
    }
  }

  @Test("The same stream gives the same strata, another one draws other images of the same groups")
  func seeds() throws {
    let scores = (0..<2000).map { Float(($0 * 7919) % 2000) }
    #expect(strata(scores) == strata(scores))
    let (one, two) = (strata(scores), strata(scores, seed: 2))
    #expect(one[.median]?.size == two[.median]?.size && one[.median]?.highest == two[.median]?.highest)
    #expect(one[.median]?.images != two[.median]?.images)
  }

  @Test("Few images make small groups and no crash", arguments: [1, 2, 5, 9, 10, 70])
  func fewImages(count: Int) {
    let groups = strata((0..<count).map(Float.init))
    #expect(groups[.top]?.images.count == min(9, count))
    #expect((groups[.justBelow] == nil) == (count <= 9))
    for group in groups.values {
      #expect(!group.images.isEmpty && group.size.count >= group.images.count)
      #expect(group.firstRank + group.size.count - 1 <= count)
    }
    #expect(strata([]).isEmpty)
  }

  @Test("Scores of all images are those of the ranking, to the bit", arguments: [0, 1])
  func scores(kind: Int) throws {
    let features = try FeatureMatrix.normal(images: 200, dimension: 30, seed: 4)
    let directions =
      kind == 0
      ? DirectionSet.neurons(dimension: 30) : .randomSphere(count: 6, dimension: 30, seed: 5)
    let ranking = Ranking(of: features, along: directions, topCount: 200)
    for row in [0, 3, 5] {
      let scores = features.scores(along: directions, row: row)
      #expect(ranking.topImages[row].allSatisfy { scores[$0.imageIndex] == $0.score })
    }
  }
}
