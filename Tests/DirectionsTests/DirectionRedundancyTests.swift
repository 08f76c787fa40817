import Tensors
import Testing

@testable import Directions

@Suite struct DirectionRedundancyTests {
  @Test("Cosines of centred activations are NumPy's correlations, for any number of workers")
  func reference() throws {
    let reference = try CoherenceReference.load()
    let features = try reference.featureMatrix()
    for workerCount in [1, 3] {
      let table = DirectionRedundancy.table(
        of: features, along: .neurons(dimension: 6), workerCount: workerCount)
      for (row, result) in table.enumerated() {
        let others = (0..<6).filter { $0 != row }
        let nearest = others.max {
          abs(reference.correlations[row][$0]) < abs(reference.correlations[row][$1])
        }!
        #expect(result.directionID == "n\(row)" && result.nearestID == "n\(nearest)")
        #expect(abs(try #require(result.nearestCosine) - reference.correlations[row][nearest]) < 1e-12)
        #expect(result.duplicateIDs.isEmpty)
      }
    }
  }

  @Test("Along vectors it is the correlation of the scores")
  func vectors() throws {
    let features = try FeatureMatrix.normal(images: 400, dimension: 30, seed: 4)
    let directions = DirectionSet.randomSphere(count: 12, dimension: 30, seed: 5)
    let scores = DirectionScores.map(of: features, along: directions) { $1.values.map(Double.init) }
    let table = DirectionRedundancy.table(of: features, along: directions)
    for row in 0..<12 {
      let cosines = (0..<12).map { other -> Double in
        func centred(_ values: [Double]) -> [Double] {
          let mean = values.reduce(0, +) / Double(values.count)
          return values.map { $0 - mean }
        }
        let (a, b) = (centred(scores[row]), centred(scores[other]))
        func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        return other == row ? 0 : product(a, b) / (product(a, a) * product(b, b)).squareRoot()
      }
      let nearest = cosines.indices.max { abs(cosines[$0]) < abs(cosines[$1]) }!
      #expect(table[row].nearestID == directions.ids[nearest])
      // Scores are rounded to Float.
      #expect(abs(try #require(table[row].nearestCosine) - cosines[nearest]) < 1e-5)
    }
  }

  @Test("Scaled, shifted and negated copies are duplicates of each other by name; a constant unit is of none")
  func duplicates() throws {
    var generator = SeededGenerator(seed: 6, purpose: "test features")
    let first = generator.normals(200)
    let second = generator.normals(200)
    let elements = zip(first, second).flatMap { (a: Float, b: Float) -> [Float] in
      [a, 7, 3 * a + 2, b, -a, 7]
    }
    let features = try FeatureMatrix(values: Tensor(shape: [200, 6], elements: elements), layer: "made up")
    let table = DirectionRedundancy.table(of: features, along: .neurons(dimension: 6))
    #expect(table.map(\.duplicateIDs) == [["n2", "n4"], [], ["n0", "n4"], [], ["n0", "n2"], []])
    #expect(table[1].nearestID == nil && table[1].nearestCosine == nil)
    #expect(try #require(table[4].nearestCosine) < -0.999)
    #expect(try #require(table[3].nearestCosine).magnitude < 0.5)
  }

  @Test("A direction whose scores vary by rounding alone is a duplicate of none")
  func rounding() throws {
    // The first two features are equal, so their difference is 0 but for the weights' own rounding.
    var values = try FeatureMatrix.normal(images: 300, dimension: 3, seed: 7).values
    for image in 0..<300 { values.elements[image * 3 + 1] = values.elements[image * 3] }
    let third = Float(1) / 3
    let directions = DirectionSet(
      kind: .randomSphere, ids: ["a", "b", "c"],
      matrix: Tensor(shape: [3, 3], elements: [third, -third.nextUp, 0, third.nextUp, -third, 0, 1, 0, 0]))
    let table = DirectionRedundancy.table(
      of: try FeatureMatrix(values: values, layer: "made up"), along: directions)
    #expect(table.allSatisfy { $0.duplicateIDs.isEmpty && $0.nearestID == nil })
  }
}
