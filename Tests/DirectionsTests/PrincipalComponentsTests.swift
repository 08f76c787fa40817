import Foundation
import Tensors
import Testing

@testable import Directions

@Suite struct PrincipalComponentsTests {
  /// Independent columns whose squares add up to known sums: each image lies on one axis only.
  private func axes(_ lengths: [Float]) throws -> FeatureMatrix {
    var elements: [Float] = []
    for (axis, length) in lengths.enumerated() {
      for value in [-length, -length, 2 * length] {  // mean 0, skewness positive
        var row = [Float](repeating: 0, count: lengths.count)
        row[axis] = value
        elements += row
      }
    }
    return try FeatureMatrix(
      values: Tensor(shape: [3 * lengths.count, lengths.count], elements: elements), layer: "made up")
  }

  @Test("With a diagonal covariance the components are the axes, of largest variance first")
  func diagonal() throws {
    let components = PrincipalComponents(of: try axes([1, 4, 2, 3]), count: 4)
    #expect(components.directions.ids == ["p000", "p001", "p002", "p003"])
    #expect(components.directions.kind == .principalComponents)
    let expected = DirectionSet.neurons([1, 3, 2, 0], dimension: 4).matrix
    #expect(zip(components.directions.matrix.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-7 })
    for (share, square) in zip(components.explainedVariance, [16.0, 9, 4, 1]) {
      #expect(abs(share - square / 30) < 1e-14)
    }
  }

  @Test("The tail of a component's scores is on its positive side, wherever the features have it")
  func sign() throws {
    let features = try axes([1, 4, 2, 3])
    let mirrored = try FeatureMatrix(
      values: Tensor(shape: features.values.shape, elements: features.values.elements.map { 10 - $0 }),
      layer: "made up")
    let turned = PrincipalComponents(of: mirrored, count: 4).directions
    let plain = PrincipalComponents(of: features, count: 4).directions
    #expect(zip(turned.matrix.elements, plain.matrix.elements).allSatisfy { abs($0 + $1) < 1e-6 })
    for (features, directions) in [(features, plain), (mirrored, turned)] {
      let tails = DirectionScores.map(of: features, along: directions) { _, scores in
        let mean = Statistics.mean(scores.values)!
        return scores.values.reduce(0.0) { $0 + pow(Double($1) - mean, 3) }
      }
      #expect(tails.allSatisfy { $0 > 0 })
    }
  }

  @Test("Constant and repeated features give no component")
  func rank() throws {
    let normal = try FeatureMatrix.normal(images: 200, dimension: 3, seed: 4).values
    let elements = (0..<200).flatMap { image -> [Float] in
      let row = Array(normal[row: image])
      return [row[0], 7, row[1], row[0], 1e6, 0, row[2]]
    }
    let features = try FeatureMatrix(values: Tensor(shape: [200, 7], elements: elements), layer: "made up")
    let components = PrincipalComponents(of: features, count: 7)
    #expect(components.directions.count == 3)
    #expect(abs(components.explainedVariance.reduce(0, +) - 1) < 1e-12)
    let constant = try FeatureMatrix(values: Tensor(repeating: 3, shape: [5, 2]), layer: "made up")
    #expect(PrincipalComponents(of: constant, count: 2).directions.count == 0)
    #expect(PrincipalComponents(of: constant.rows(0..<0), count: 2).directions.count == 0)
  }

  @Test("Scores along components are uncorrelated, with the variance that was named", arguments: [3, 40])
  func uncorrelated(dimension: Int) throws {
    let features = try FeatureMatrix.tied(images: 2500, dimension: dimension, seed: 8)
    let components = PrincipalComponents(of: features, count: dimension)
    let scores = DirectionScores.map(of: features, along: components.directions) { _, scores in
      let mean = Statistics.mean(scores.values)!
      return scores.values.map { Double($0) - mean }
    }
    for i in 0..<dimension {
      for j in 0...i {
        let covariance = zip(scores[i], scores[j]).reduce(0) { $0 + $1.0 * $1.1 } / 2500
        let total = scores.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } } / 2500
        let expected = i == j ? components.explainedVariance[i] * total : 0
        #expect(abs(covariance - expected) < 1e-6 * total)
      }
    }
  }

  @Test("The number of workers changes nothing, and fewer components are the first of more")
  func workers() throws {
    let features = try FeatureMatrix.normal(images: 3000, dimension: 20, seed: 2)
    let one = PrincipalComponents(of: features, count: 20, workerCount: 1)
    let three = PrincipalComponents(of: features, count: 20, workerCount: 3)
    #expect(one.directions.matrix == three.directions.matrix)
    #expect(one.explainedVariance == three.explainedVariance)
    let first = PrincipalComponents(of: features, count: 6)
    #expect(first.directions.matrix.elements == Array(one.directions.matrix.elements.prefix(120)))
  }

  @Test("Components and their shares of the variance are scikit-learn's")
  func reference() throws {
    let reference = try BasesReference.load().components
    let components = PrincipalComponents(of: try FeatureMatrix(rows: reference.features), count: 6)
    #expect(components.explainedVariance.count == reference.explainedVariance.count)
    for (row, expected) in reference.principal.enumerated() {
      #expect(abs(components.explainedVariance[row] - reference.explainedVariance[row]) < 1e-12)
      #expect(abs(cosine(components.directions.matrix[row: row], expected)) > 1 - 1e-6)
    }
  }
}
