import Tensors
import Testing

@testable import Directions

@Suite struct DirectionScoresTests {
  @Test("Images are ordered by score, then by index, at both ends; −0 and 0 are one score")
  func order() {
    let scores = DirectionScores([0.5, -0.0, 2, 0, -1, 2, -.infinity, 0.5, -1])
    #expect(scores.order == [2, 5, 0, 7, 1, 3, 4, 8, 6])
    #expect(scores.highest(3) == [2, 5, 0])
    #expect(scores.lowest(4) == [6, 4, 8, 1])
    #expect(scores.lowest(2) == [6, 4])
    #expect(scores.highest(99).count == 9 && scores.lowest(99) == [6, 4, 8, 1, 3, 0, 7, 2, 5])
    #expect(scores.ascending == scores.values.sorted())
    #expect(DirectionScores([]).lowest(1) == [])
  }

  @Test("The order is that of a ranking, score for score, for axes and vectors and any number of workers")
  func ranking() throws {
    for features in [
      try FeatureMatrix.normal(images: 333, dimension: 19, seed: 1),
      try FeatureMatrix.tied(images: 333, dimension: 19, seed: 2),
    ] {
      for directions in [
        DirectionSet.randomSphere(count: 21, dimension: 19, seed: 3), .neurons([4, 0, 18], dimension: 19),
      ] {
        let expected = sortedRanking(of: features, along: directions, topCount: 333)
        for workerCount in [1, 3] {
          let found = DirectionScores.map(of: features, along: directions, workerCount: workerCount) {
            direction, scores in (direction, scores)
          }
          #expect(found.map(\.0) == Array(0..<directions.count))
          for (row, scores) in zip(expected, found.map(\.1)) {
            #expect(scores.order == row.map(\.imageIndex))
            #expect(scores.order.map { scores.values[$0] } == row.map(\.score))
          }
        }
      }
    }
  }
}
