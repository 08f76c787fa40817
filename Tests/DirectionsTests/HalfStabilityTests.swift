import Foundation
import Tensors
import Testing

@testable import Directions

@Suite struct HalfStabilityTests {
  private static let labels = ClassLabels((0..<600).map { $0 % 4 }, classCount: 4)

  /// Feature j follows class 0 with strength `strengths[j]`.
  private static func features(_ strengths: [Float], seed: UInt64) throws -> FeatureMatrix {
    var values = try FeatureMatrix.normal(images: 600, dimension: strengths.count, seed: seed).values
    for image in 0..<600 where labels.values[image] == 0 {
      for (feature, strength) in strengths.enumerated() {
        values.elements[image * strengths.count + feature] += strength
      }
    }
    return try FeatureMatrix(values: values, layer: "made up")
  }

  @Test("κ of each half is that of a ranking of these images alone, whatever the number of workers")
  func halves() throws {
    let features = try Self.features([0, 1, 2, 3, 4], seed: 1)
    let directions = DirectionSet.neurons(dimension: 5)
    let found = HalfStability(
      of: features, along: directions, labels: Self.labels, topCount: 12, seed: 6, workerCount: 1)
    #expect(
      found
        == HalfStability(
          of: features, along: directions, labels: Self.labels, topCount: 12, seed: 6, workerCount: 3))
    var generator = SeededGenerator(seed: 6, purpose: "halves of the images")
    let order = generator.permutation(600)
    for (half, kappas) in [(order.prefix(300), found.firstKappas), (order.suffix(300), found.secondKappas)] {
      let part = try FeatureMatrix(values: features.values.rows(Array(half)), layer: "half")
      let labels = ClassLabels(half.map { Self.labels.values[$0] }, classCount: 4)
      let ranking = Ranking(of: part, along: directions, topCount: 12)
      for row in 0..<5 {
        #expect(kappas[row] == LabelAgreement(of: ranking.imageIndices(ofRow: row), in: labels).kappa)
      }
    }
  }

  @Test("Directions that differ are stable; directions that do not have a correlation of 0 on average")
  func correlation() throws {
    let strengths = (0..<40).map { Float($0) / 10 }
    let graded = HalfStability(
      of: try Self.features(strengths, seed: 2), along: .neurons(dimension: 40), labels: Self.labels,
      topCount: 12, seed: 3)
    #expect(try #require(graded.correlation) > 0.8)
    let correlations = try (0..<100).map { seed in
      Float(
        try #require(
          HalfStability(
            of: try Self.features([Float](repeating: 0, count: 20), seed: 100 + UInt64(seed)),
            along: .neurons(dimension: 20), labels: Self.labels, topCount: 12, seed: 3
          ).correlation))
    }
    let error = try #require(Statistics.standardDeviation(correlations)) / 10
    #expect(abs(try #require(Statistics.mean(correlations))) < 4 * error)
  }

  @Test("The correlation of given pairs is Pearson's; too few or equal ones have none")
  func closedForm() throws {
    func stability(_ pairs: [(Double?, Double?)]) -> HalfStability {
      HalfStability(pairs.map { HalfSplit.Kappas(first: $0.0, second: $0.1) })
    }
    #expect(abs(try #require(stability([(0, 1), (1, 3), (2, 5)]).correlation) - 1) < 1e-15)
    #expect(abs(try #require(stability([(0, 1), (1, 0), (2, -1), (nil, 9)]).correlation) + 1) < 1e-15)
    // Σxy = 1, Σx² = 2, Σy² = 2 about the means.
    #expect(abs(try #require(stability([(0, 0), (1, 2), (2, 1)]).correlation) - 0.5) < 1e-15)
    #expect(stability([(0, 1), (1, 3)]).correlation == nil)
    #expect(stability([(0, 1), (0, 3), (0, 4)]).correlation == nil)
  }
}
