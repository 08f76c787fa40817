import Tensors
import Testing

@testable import Directions

@Suite struct IndependentComponentsTests {
  /// Every combination of three sources, each −1 seven times and 7 once: in this sample they are exactly independent.
  private let sources: [[Float]] = (0..<512).map { image in
    [image & 7, image >> 3 & 7, image >> 6].map { $0 == 0 ? 7 : -1 }
  }
  /// Rows are what a source adds to the features.
  private let mixing: [[Float]] = [[2, 1, 0], [0, 1, -1], [1, 0, 3]]

  private func mixed() throws -> FeatureMatrix {
    try FeatureMatrix(
      rows: sources.map { source in
        (0..<3).map { feature in 4 + (0..<3).reduce(0) { $0 + source[$1] * mixing[$1][feature] } }
      })
  }

  @Test(
    "Mixed independent sources are found again, each with its tail on the positive side", arguments: 0..<5)
  func known(seed: UInt64) throws {
    let components = IndependentComponents(of: try mixed(), count: 3, seed: seed)
    #expect(components.hasConverged)
    #expect(components.directions.kind == .independentComponents)
    #expect(components.directions.ids == ["c000", "c001", "c002"])
    for source in 0..<3 {
      // A direction that sees one source alone is orthogonal to what the others add.
      let others = (0..<3).filter { $0 != source }.map { mixing[$0] }
      let expected = (0..<3).map { index in
        let (next, last) = ((index + 1) % 3, (index + 2) % 3)
        return others[0][next] * others[1][last] - others[0][last] * others[1][next]
      }
      let towards = cosine(expected, mixing[source]) > 0 ? expected : expected.map { -$0 }
      let best = (0..<3).map { cosine(components.directions.matrix[row: $0], towards) }.max()!
      #expect(best > 1 - 1e-6)
    }
  }

  // A run may end at another fixed point, so not every seed agrees.
  @Test("Components are those of scikit-learn, but for order and sign")
  func reference() throws {
    let reference = try BasesReference.load().components
    let features = try FeatureMatrix(rows: reference.features)
    let worst = (UInt64(0)..<3).map { seed in
      let components = IndependentComponents(of: features, count: 6, seed: seed)
      return reference.independent.map { expected in
        (0..<6).map { abs(cosine(components.directions.matrix[row: $0], expected)) }.max()!
      }.min()!
    }
    // Rows stand still to 1e-4 of 1 − |cos|; convergence is faster than linear.
    #expect(worst.max()! > 0.9999)
  }

  @Test("Scores along components are uncorrelated")
  func uncorrelated() throws {
    let features = try FeatureMatrix.tied(images: 1500, dimension: 8, seed: 3)
    let components = IndependentComponents(of: features, count: 8, seed: 1)
    let scores = DirectionScores.map(of: features, along: components.directions) { _, scores in
      let mean = Statistics.mean(scores.values)!
      return scores.values.map { Float(Double($0) - mean) }
    }
    for i in 0..<8 {
      for j in 0..<i { #expect(abs(cosine(scores[i], scores[j])) < 1e-5) }
    }
  }

  @Test("Normal features have no components to settle on, and that is said")
  func normal() throws {
    let features = try FeatureMatrix.normal(images: 2000, dimension: 40, seed: 1)
    let components = IndependentComponents(of: features, count: 40, seed: 1)
    #expect(!components.hasConverged)
    #expect(components.iterationCount == IndependentComponents.iterationLimit)
    #expect(components.directions.count == 40)
  }

  @Test("No more components than the features have dimensions; constant features have none")
  func rank() throws {
    let rows = try mixed().values
    let repeated = try FeatureMatrix(
      rows: (0..<512).map { Array(rows[row: $0]) + [rows[row: $0].first!, 1] })
    #expect(IndependentComponents(of: repeated, count: 5, seed: 0).directions.count == 3)
    let constant = IndependentComponents(
      of: try FeatureMatrix(rows: [[1, 2], [1, 2]]), count: 2, seed: 0)
    #expect(constant.directions.count == 0)
    #expect(constant.hasConverged)
  }

  @Test("The same seed gives the same bytes for any number of workers, another seed another order")
  func workers() throws {
    let features = try FeatureMatrix.tied(images: 3000, dimension: 6, seed: 5)
    func matrix(_ seed: UInt64, _ workerCount: Int) -> Tensor {
      IndependentComponents(of: features, count: 6, seed: seed, workerCount: workerCount).directions.matrix
    }
    #expect(matrix(1, 1) == matrix(1, 3))
    #expect(matrix(1, 1) != matrix(2, 1))
  }
}
