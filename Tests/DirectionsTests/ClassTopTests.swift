import Tensors
import Testing

@testable import Directions

@Suite struct ClassTopTests {
  @Test("Each class's best images, mean and active share are those of a hand-made example")
  func example() throws {
    let scores: [Float] = [5, -1, 3, 3, 0, 9, 2]
    let labels = ClassLabels([0, 1, 0, 0, 1, 3, 1], classCount: 4)
    let table = ClassTop.table(scores: scores, labels: labels, topCount: 2)
    #expect(table.map(\.label) == [0, 1, 2, 3])
    #expect(table.map { $0.images.map(\.imageIndex) } == [[0, 2], [6, 4], [], [5]])
    #expect(table.map(\.imageCount) == [3, 3, 0, 1])
    #expect(table.map(\.bestRank) == [2, 5, nil, 1])
    #expect(table[1].mean == 1.0 / 3)
    #expect(table[2].mean == nil && table[3].mean == 9)
    #expect(table[3].standardDeviation == nil)
    let deviation = try #require(table[0].standardDeviation)
    #expect(abs(deviation - (4.0 / 3).squareRoot()) < 1e-12)
    #expect(table.map(\.positive) == [.init(3, of: 3), .init(1, of: 3), .init(0, of: 0), .init(1, of: 1)])
  }

  @Test("With one class it is the ranking")
  func oneClass() throws {
    let features = try FeatureMatrix.tied(images: 120, dimension: 3, seed: 6)
    let directions = DirectionSet.neurons(dimension: 3)
    let ranking = Ranking(of: features, along: directions, topCount: 7)
    let labels = ClassLabels(Array(repeating: 0, count: 120), classCount: 1)
    for row in 0..<3 {
      let table = ClassTop.table(
        scores: features.scores(along: directions, row: row), labels: labels, topCount: 7)
      #expect(table[0].images == ranking.topImages[row])
      #expect(table[0].bestRank == 1)
    }
  }
}
