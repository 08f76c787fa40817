import Tensors
import Testing

@testable import Directions

@Suite struct ActivationStatisticsTests {
  private func table(
    _ columns: [[Float]], topCount: Int, directions: DirectionSet? = nil, workerCount: Int = 2
  ) throws -> [ActivationStatistics] {
    let count = columns[0].count
    let elements = (0..<count).flatMap { row in columns.map { $0[row] } }
    let features = try FeatureMatrix(
      values: Tensor(shape: [count, columns.count], elements: elements), layer: "made up")
    let directions = directions ?? .neurons(dimension: columns.count)
    let ranking = Ranking(of: features, along: directions, topCount: topCount)
    return ActivationStatistics.table(
      of: features, along: directions, ranking: ranking, binCount: 4, workerCount: workerCount)
  }

  @Test("The statistics of a small column are those worked out by hand")
  func byHand() throws {
    let row = try table([[0, 3, 0, 1, 2, 0, 3, 4]], topCount: 2)[0]
    #expect(row.directionID == "n0" && row.imageCount == 8)
    #expect(row.mean == 13.0 / 8)
    let deviation = try #require(row.standardDeviation)
    #expect(abs(deviation * deviation - (39 - 169.0 / 8) / 7) < 1e-12)
    #expect(row.minimum == 0 && row.maximum == 4)
    #expect(row.quantiles[3] == 1.5)
    #expect(row.positive == Proportion(5, of: 8) && row.zero == Proportion(3, of: 8))
    #expect(row.topThreshold == 3)
    #expect(row.tiesAtLastRank == 2)  // images 1 and 6; the index decided
    #expect(abs(try #require(row.tailGap) - (3.5 - 13.0 / 8) / deviation) < 1e-12)
    #expect(row.histogram.counts == [3, 1, 1, 3])
    #expect(!row.isConstant && !row.isDead)
  }

  @Test("Dead and constant units are named, and only rectified ones can be dead")
  func flags() throws {
    let off: [Float] = [0, 0, 0, 0, 0]
    let rare: [Float] = [0, 2, 0, 0, 0]  // positive once, k = 2
    let tanh: [Float] = [-1, -0.5, -0.2, -1, 0.1]
    let sigmoid: [Float] = [1e-6, 2e-6, 1e-6, 1e-6, 1e-6]
    let saturated: [Float] = [1, 1, 1, 1, 1]
    let rows = try table([off, rare, tanh, sigmoid, saturated], topCount: 2)
    #expect(rows.map(\.isDead) == [true, true, false, false, false])
    #expect(rows.map(\.isConstant) == [true, false, false, false, true])
    #expect(rows[0].tailGap == nil && rows[0].tiesAtLastRank == 5)
  }

  @Test("A random direction is never dead, and constant when no image differs")
  func signedDirections() throws {
    let columns: [[Float]] = [[1, 1, 1, 1], [0.3, 0.3, 0.3, 0.3], [7, 7, 7, 7]]
    for row in try table(columns, topCount: 3, directions: .randomSphere(count: 20, dimension: 3, seed: 1)) {
      #expect(!row.isDead && row.isConstant && row.tailGap == nil)
      #expect(row.tiesAtLastRank == 4)
    }
  }

  @Test("Along random directions the statistics are those of the scores in Double, for any number of workers")
  func random() throws {
    let features = try FeatureMatrix.normal(images: 1500, dimension: 40, seed: 5)
    let directions = DirectionSet.randomSphere(count: 9, dimension: 40, seed: 6)
    let ranking = Ranking(of: features, along: directions, topCount: 25)
    let all = sortedRanking(of: features, along: directions, topCount: 1500)
    let one = ActivationStatistics.table(
      of: features, along: directions, ranking: ranking, workerCount: 1)
    let three = ActivationStatistics.table(
      of: features, along: directions, ranking: ranking, workerCount: 3)
    #expect(one.count == 9 && three.count == 9)
    for row in 0..<9 {
      let scores = all[row].map(\.score)
      let ascending = Array(scores.reversed())
      for statistics in [one[row], three[row]] {
        #expect(abs(statistics.mean - (try #require(Statistics.mean(scores)))) < 1e-5)
        let deviation = try #require(Statistics.standardDeviation(scores))
        #expect(abs((try #require(statistics.standardDeviation)) - deviation) < 1e-5)
        for (probability, quantile) in zip(ActivationStatistics.probabilities, statistics.quantiles) {
          #expect(
            abs(quantile - (try #require(Statistics.quantile(probability, ofSorted: ascending)))) < 1e-5)
        }
        #expect(statistics.topThreshold == scores[24])
        #expect(statistics.tiesAtLastRank == scores.filter { $0 == scores[24] }.count)
        #expect(statistics.histogram.counts.reduce(0, +) == 1500)
      }
    }
  }

  @Test("Skewness, kurtosis and sparsity are SciPy's and the closed form")
  func moments() throws {
    let reference = try CoherenceReference.load()
    for (name, column) in reference.columns {
      let row = try table([column.scores], topCount: 3)[0]
      #expect(abs(try #require(row.skewness) - column.skewness) < 1e-12, "\(name)")
      #expect(abs(try #require(row.excessKurtosis) - column.excessKurtosis) < 1e-11, "\(name)")
      #expect(abs(try #require(row.hoyerSparsity) - column.hoyer) < 1e-13, "\(name)")
    }
    // Two points, a share p of ones: (1 − 2p) / √(p(1 − p)) and (1 − 6p(1 − p)) / (p(1 − p)).
    let row = try table([[0, 0, 1, 0, 0]], topCount: 1)[0]
    #expect(abs(try #require(row.skewness) - 0.6 / 0.4) < 1e-14)
    #expect(abs(try #require(row.excessKurtosis) - 0.04 / 0.16) < 1e-14)
    #expect(row.hoyerSparsity == 1)
    #expect(try table([[2, 2, 2, 2]], topCount: 1)[0].hoyerSparsity == 0)
    #expect(try table([[2, 2, 2, 2]], topCount: 1)[0].skewness == nil)
    #expect(try table([[0, 0]], topCount: 1)[0].hoyerSparsity == nil)
  }

  @Test("Always on is what is positive for every image")
  func alwaysOn() throws {
    let rows = try table([[1, 2, 3], [0, 2, 3], [-1, 2, 3], [1e-30, 2, 3]], topCount: 1)
    #expect(rows.map(\.isAlwaysOn) == [true, false, false, true])
  }

  @Test("The statistics are the same bits for any number of workers")
  func workers() throws {
    let features = try FeatureMatrix.normal(images: 700, dimension: 33, seed: 7)
    let directions = DirectionSet.randomSphere(count: 20, dimension: 33, seed: 8)
    let ranking = Ranking(of: features, along: directions, topCount: 9)
    let tables = [1, 2, 5].map {
      ActivationStatistics.table(of: features, along: directions, ranking: ranking, workerCount: $0)
    }
    #expect(tables[0] == tables[1] && tables[0] == tables[2])
  }

  @Test("No images give no statistics")
  func empty() throws {
    #expect(try table([[]], topCount: 1).isEmpty)
  }
}
