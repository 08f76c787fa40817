import Tensors
import Testing

@testable import Directions

@Suite struct NonNegativeFactorsTests {
  /// Parts without a common feature, the later ones weaker, in random non-negative amounts.
  private func planted(images: Int) throws -> (features: FeatureMatrix, parts: [[Float]]) {
    let parts: [[Float]] = [[4, 2, 0, 0, 0, 0], [0, 0, 1, 2, 0, 0], [0, 0, 0, 0, 0.5, 0.25]]
    var generator = SeededGenerator(seed: 2, purpose: "planted parts")
    let rows = (0..<images).map { _ in
      let amounts = generator.normals(3).map { max(0, $0) }
      return (0..<6).map { feature in (0..<3).reduce(Float(0)) { $0 + amounts[$1] * parts[$1][feature] } }
    }
    return (try FeatureMatrix(rows: rows), parts)
  }

  // One run may end in a worse minimum, with a weak part lost in a strong one.
  @Test("Planted parts are found again, the largest first")
  func planted() throws {
    let (features, parts) = try planted(images: 2000)
    let runs = try (0..<3).map { try NonNegativeFactors(of: features, count: 3, seed: $0) }
    let factors = runs.max { $0.explainedShare < $1.explainedShare }!
    #expect(factors.directions.kind == .nonNegativeFactors)
    #expect(factors.directions.ids == ["f000", "f001", "f002"])
    #expect(abs(factors.explainedShare - 1) < 1e-6)
    for (row, part) in parts.enumerated() {
      #expect(cosine(factors.directions.matrix[row: row], part) > 1 - 1e-5)
    }
  }

  // The best non-negative factors of rank 1 are the first singular vectors (Perron and Frobenius).
  @Test("One part is the first singular vector and explains its share")
  func single() throws {
    let features = try FeatureMatrix.tied(images: 500, dimension: 7, seed: 4)
    let (values, vectors) = LinearAlgebra.symmetricEigen(
      of: LinearAlgebra.rowProducts(of: features.values.elements.map(Double.init), rows: 7), order: 7)
    let factors = try NonNegativeFactors(of: features, count: 1, seed: 3)
    #expect(abs(factors.explainedShare - values[0] / values.reduce(0, +)) < 1e-6)
    #expect(abs(cosine(factors.directions.matrix[row: 0], vectors.prefix(7).map { Float($0) })) > 1 - 1e-6)
  }

  @Test("A sweep minimises over one coefficient after the other, and none falls below 0")
  func sweep() {
    // Parts (1, 0), (1, 1): G = [[1, 1], [1, 2]]. Of x = (3, 1): P = (3, 4); of x = (0, 2): P = (0, 2).
    let gram = Tensor(shape: [2, 2], elements: [1, 1, 1, 2])
    var rows = Tensor(shape: [2, 2], elements: [1, 1, 1, 1])
    NonNegativeFactors.sweep(&rows, products: Tensor(shape: [2, 2], elements: [3, 4, 0, 2]), gram: gram)
    #expect(rows.elements == [2, 1, 0, 1])
  }

  @Test("The error is that of scikit-learn's best run, within 1 %")
  func reference() throws {
    let reference = try BasesReference.load().factors
    let features = try FeatureMatrix(rows: reference.features)
    let shares = try (0..<10).map {
      try NonNegativeFactors(of: features, count: reference.count, seed: $0).explainedShare
    }
    // Norms of the difference; one run may end in a worse minimum.
    let ratio = ((1 - shares.max()!) / (1 - reference.explainedShare)).squareRoot()
    #expect(abs(ratio - 1) < 0.01)
  }

  @Test("Features below 0 are refused by name")
  func negative() throws {
    let features = try FeatureMatrix(rows: [[1, 2], [0, -0.5], [-1, 0]])
    let error = NegativeFeature(layer: "made up", row: 1, column: 1, value: -0.5)
    #expect(throws: error) { try NonNegativeFactors(of: features, count: 1, seed: 0) }
    #expect(error.description.contains("feature 1 of image 1 in layer made up is -0.5"))
  }

  @Test("Features that are 0 have no parts, and dead units no share in one")
  func zeros() throws {
    let nothing = try NonNegativeFactors(
      of: FeatureMatrix(values: Tensor(shape: [4, 3]), layer: "made up"), count: 2, seed: 0)
    #expect(nothing.directions.count == 0)
    #expect(nothing.explainedShare == 1)
    let features = try FeatureMatrix(rows: (0..<50).map { [Float($0 % 5), 0, Float($0 % 3)] })
    let factors = try NonNegativeFactors(of: features, count: 2, seed: 0)
    #expect(abs(factors.explainedShare - 1) < 1e-5)
    for row in 0..<2 {
      #expect(factors.directions.matrix[row: row].dropFirst().first! == 0)
      #expect(factors.directions.matrix[row: row].allSatisfy { $0 >= 0 })
      #expect(abs(Norm.l2(factors.directions.matrix[row: row]) - 1) < 1e-6)
    }
  }

  @Test("The same seed gives the same bytes for any number of workers")
  func workers() throws {
    let features = try FeatureMatrix.tied(images: 3000, dimension: 9, seed: 5)
    let one = try NonNegativeFactors(of: features, count: 4, seed: 1, workerCount: 1)
    let three = try NonNegativeFactors(of: features, count: 4, seed: 1, workerCount: 3)
    #expect(one.directions.matrix == three.directions.matrix)
    #expect(one.explainedShare == three.explainedShare)
    let other = try NonNegativeFactors(of: features, count: 4, seed: 2)
    #expect(other.directions.matrix != one.directions.matrix)
  }
}
