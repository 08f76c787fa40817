import Tensors
import Testing

@testable import Directions

@Suite struct RotationNullTests {
  /// Rotates features, `φ ← φ Qᵀ`, and directions alike.
  private static func rotated(_ rows: Tensor, by basis: Tensor) -> Tensor {
    let dimension = rows.rowLength
    var result = Tensor(shape: rows.shape)
    for row in 0..<rows.count {
      for column in 0..<dimension {
        let sum = zip(rows[row: row], basis[row: column]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        result.elements[row * dimension + column] = Float(sum)
      }
    }
    return result
  }

  /// Normal features whose mean depends on the class.
  private static func clustered(images: Int, dimension: Int, classCount: Int, seed: UInt64) throws
    -> (FeatureMatrix, ClassLabels)
  {
    let labels = (0..<images).map { $0 % classCount }
    var values = try FeatureMatrix.normal(images: images, dimension: dimension, seed: seed).values
    var generator = SeededGenerator(seed: seed, purpose: "class means")
    let means = (0..<classCount).map { _ in generator.normals(dimension) }
    for image in 0..<images {
      for feature in 0..<dimension {
        values.elements[image * dimension + feature] += means[labels[image]][feature]
      }
    }
    return (
      try FeatureMatrix(values: values, layer: "made up"), ClassLabels(labels, classCount: classCount)
    )
  }

  private static func pValue(_ observed: Double, _ null: [Double]) -> Double {
    Double(1 + null.count { $0 >= observed }) / Double(null.count + 1)
  }

  @Test("Any split of the rotations and any number of workers give the same values")
  func split() throws {
    let (features, labels) = try Self.clustered(images: 300, dimension: 12, classCount: 4, seed: 3)
    let null = RotationNull(
      features: features, measures: BasisMeasures(labels: labels, topCounts: [5, 9]), directionCount: 10,
      seed: 8)
    let whole = null.statistics(ofRotations: 0..<12, workerCount: 2)
    let parts =
      null.statistics(ofRotations: 0..<5, workerCount: 1)
      + null.statistics(ofRotations: 5..<12, workerCount: 3)
    #expect(whole == parts)
    #expect(whole.count == 12 && whole.allSatisfy { $0.count == 2 })
    #expect(Set(whole.map { $0[0] }).count > 6)
  }

  @Test("Smaller top sets are the beginning of larger ones: a size alone gives the same values")
  func sizes() throws {
    let (features, labels) = try Self.clustered(images: 200, dimension: 6, classCount: 3, seed: 4)
    func values(_ sizes: [Int]) -> [[Double]] {
      RotationNull(
        features: features, measures: BasisMeasures(labels: labels, topCounts: sizes), directionCount: 6,
        seed: 2
      ).statistics(ofRotations: 0..<4)
    }
    #expect(values([4, 25]).map { $0[0] } == values([4]).map { $0[0] })
  }

  @Test(
    "A random basis in the place of the neurons is rejected as often as the level says, and every p is as likely"
  )
  func falsePositives() throws {
    // 400 data sets of their own. The first of 20 draws plays the neurons: p takes the values 1/20, 2/20, … 1.
    var counts = [Int](repeating: 0, count: 20)
    for trial in 0..<400 {
      let (features, labels) = try Self.clustered(
        images: 120, dimension: 8, classCount: 3, seed: UInt64(100 + trial))
      let null = RotationNull(
        features: features, measures: BasisMeasures(labels: labels, topCounts: [6]), directionCount: 8,
        seed: 1
      )
      let values = null.statistics(ofRotations: 0..<20).map { $0[0] }
      counts[Int((20 * Self.pValue(values[0], Array(values[1...]))).rounded()) - 1] += 1
    }
    // At the level 0.05 the count is binomial with n = 400 and mean 20: 8…35 holds the middle 99.8 %.
    #expect((8...35).contains(counts[0]), "\(counts[0]) of 400 at the level 0.05")
    let chiSquare = counts.reduce(0) { $0 + Double(($1 - 20) * ($1 - 20)) / 20 }
    #expect(chiSquare < 43.8, "\(counts)")  // the upper 0.1 % of 19 degrees of freedom
  }

  @Test("Neurons that stand for classes are told from rotations of them")
  func oneHot() throws {
    let classCount = 10
    let labels = (0..<600).map { $0 % classCount }
    var values = try FeatureMatrix.normal(images: 600, dimension: classCount, seed: 5).values
    for index in values.elements.indices {
      values.elements[index] *= 0.3
      if labels[index / classCount] == index % classCount { values.elements[index] += 1 }
    }
    let features = try FeatureMatrix(values: values, layer: "made up")
    let classes = ClassLabels(labels, classCount: classCount)
    let rotations = RotationNull(
      features: features, measures: BasisMeasures(labels: classes, topCounts: [20]), directionCount: 10,
      seed: 6
    )
    let kappas = rotations.values(ofNeurons: .neurons(dimension: classCount))[0]
    let observed = kappas.reduce(0, +) / 10
    let null = rotations.statistics(ofRotations: 0..<99).map { $0[0] }
    #expect(observed > 0.95)
    #expect(Self.pValue(observed, null) == 0.01)
  }

  @Test("Rotating features and directions together changes no agreement")
  func invariance() throws {
    let (features, labels) = try Self.clustered(images: 400, dimension: 9, classCount: 4, seed: 7)
    let basis = DirectionSet.haar(count: 9, dimension: 9, seed: 9, index: 0)
    let turned = try FeatureMatrix(
      values: Self.rotated(features.values, by: basis.matrix), layer: "made up")
    // e_i of the turned features is row i of the basis.
    let axes = Ranking(of: turned, along: .neurons(dimension: 9), topCount: 12)
    let rows = Ranking(of: features, along: basis, topCount: 12)
    #expect(axes.topImages.map { $0.map(\.imageIndex) } == rows.topImages.map { $0.map(\.imageIndex) })
    let measures = BasisMeasures(labels: labels, topCounts: [12])
    #expect(measures.values(of: axes) == measures.values(of: rows))
  }
}
