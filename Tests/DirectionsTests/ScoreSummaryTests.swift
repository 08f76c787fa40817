import Tensors
import Testing

@testable import Directions

@Suite struct ScoreSummaryTests {
  private static let dimension = 37

  private static let sets: [DirectionSet] = [
    .randomSphere(count: 21, dimension: dimension, seed: 4), .neurons(dimension: dimension),
    .neurons([5, 2], dimension: dimension),
  ]

  /// Every score by definition, in Double, rounded to Float.
  private func scores(_ features: FeatureMatrix, _ directions: DirectionSet) -> [[Float]] {
    sortedRanking(of: features, along: directions, topCount: features.imageCount).map { $0.map(\.score) }
  }

  @Test("A summary is that of the scores by definition", arguments: sets.indices)
  func definition(set: Int) throws {
    let directions = Self.sets[set]
    for features in [
      try FeatureMatrix.normal(images: 1100, dimension: Self.dimension, seed: 1),
      try FeatureMatrix.tied(images: 700, dimension: Self.dimension, seed: 2),
    ] {
      let table = ScoreSummary.table(of: features, along: directions)
      try #require(table.count == directions.count)
      for (summary, scores) in zip(table, scores(features, directions)) {
        #expect(summary.imageCount == scores.count)
        #expect(summary.maximum == scores.first && summary.minimum == scores.last)
        #expect(summary.positiveCount == scores.count { $0 > 0 })
        #expect(summary.zeroCount == scores.count { $0 == 0 })
        let (mean, deviation) = (try #require(summary.mean), try #require(summary.standardDeviation))
        let (expectedMean, expected): (Double, Double) = (
          try #require(Statistics.mean(scores)), try #require(Statistics.standardDeviation(scores))
        )
        #expect(abs(mean - expectedMean) <= 1e-12 && abs(deviation - expected) <= 1e-12 * expected)
      }
    }
  }

  @Test(
    "Parts in any order, of any size and for any number of workers give the same bits",
    arguments: sets.indices)
  func parts(set: Int) throws {
    let directions = Self.sets[set]
    let features = try FeatureMatrix.normal(images: 900, dimension: Self.dimension, seed: 3)
    let whole = ScoreSummary.table(of: features, along: directions, workerCount: 1)
    #expect(ScoreSummary.table(of: features, along: directions, workerCount: 3) == whole)
    var joined = [ScoreSummary](repeating: ScoreSummary(), count: directions.count)
    for rows in [513..<900, 0..<1, 1..<513] {
      let part = ScoreSummary.table(of: features.rows(rows), along: directions, workerCount: 2)
      joined = zip(joined, part).map { $0.merged(with: $1) }
    }
    #expect(joined == whole)
  }

  @Test("Equal scores have deviation 0; no images have no mean")
  func edges() throws {
    let features = try FeatureMatrix(
      values: Tensor(shape: [3, 2], elements: [0.1, 7, 0.1, 7, 0.1, 7]), layer: "made up")
    let summary = ScoreSummary.table(of: features, along: .neurons(dimension: 2))[0]
    #expect(summary.standardDeviation == 0 && summary.mean == Double(Float(0.1)))
    #expect(ScoreSummary().mean == nil && ScoreSummary().standardDeviation == nil)
    let one = ScoreSummary.table(of: features.rows(0..<1), along: .neurons(dimension: 2))[1]
    #expect(one.mean == 7 && one.standardDeviation == nil)
  }

  @Test("A score beyond Float counts as its largest number")
  func overflow() throws {
    let features = try FeatureMatrix(
      values: Tensor(shape: [1, 2], elements: [3e38, 3e38]), layer: "made up")
    let directions = DirectionSet(
      kind: .randomSphere, ids: ["a"], matrix: Tensor(shape: [1, 2], elements: [1, 1]))
    let summary = ScoreSummary.table(of: features, along: directions)[0]
    #expect(
      summary.maximum == .greatestFiniteMagnitude && summary.mean == Double(Float.greatestFiniteMagnitude))
  }
}
