import Tensors
import Testing

@testable import Directions

@Suite struct WhiteningTests {
  /// Normal features of the given standard deviations, and a constant one.
  private func scaled(_ deviations: [Float]) throws -> FeatureMatrix {
    let normal = try FeatureMatrix.normal(images: 4000, dimension: deviations.count, seed: 6).values
    let elements = (0..<4000).flatMap { image -> [Float] in
      zip(normal[row: image], deviations).map { $0 * $1 } + [5]
    }
    return try FeatureMatrix(
      values: Tensor(shape: [4000, deviations.count + 1], elements: elements), layer: "made up")
  }

  @Test("A feature's weight falls as its standard deviation grows, and constant features have none")
  func weights() throws {
    let deviations: [Float] = [0.1, 1, 10]
    let whitening = Whitening(of: try scaled(deviations))
    #expect(whitening.rank == 3)
    let directions = whitening.randomDirections(count: 2000, seed: 1)
    #expect(directions.kind == .whitened)
    #expect(directions.ids[7] == "w007")
    // σ_j v_j are the components of a direction that is uniform but for a common factor of each direction.
    var squares = [0.0, 0, 0]
    for row in 0..<2000 {
      let vector = directions.matrix[row: row]
      #expect(abs(Norm.l2(vector) - 1) < 1e-6)
      #expect(abs(vector.last!) < 1e-6)
      let whitened = zip(vector, deviations).map { Double($0 * $1) }
      let length = whitened.reduce(0) { $0 + $1 * $1 }
      for index in 0..<3 { squares[index] += whitened[index] * whitened[index] / length / 2000 }
    }
    // A squared component of a uniform direction in three dimensions: mean 1/3, standard error 0.0067; the sample's
    // deviations are off by about 1 %.
    for square in squares { #expect(abs(square - 1.0 / 3) < 0.04) }
  }

  @Test("Of white features, whitened directions are the normal ones")
  func identityCovariance() throws {
    // Eight corners of a cube: the covariance is exactly the identity, so directions are normal ones.
    let corners = (0..<8).flatMap { corner in (0..<3).map { Float(corner >> $0 & 1) * 2 - 1 } }
    let features = try FeatureMatrix(values: Tensor(shape: [8, 3], elements: corners), layer: "made up")
    let directions = Whitening(of: features).randomDirections(count: 5, seed: 3).matrix
    for index in 0..<5 {
      var generator = SeededGenerator(seed: 3, purpose: "whitened direction", index: index)
      let normals = generator.normals(3).map(Double.init)
      let expected = unitLength(normals)
      #expect(zip(directions[row: index], expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test("A direction is the same whatever the count and the workers; constant features have none")
  func streams() throws {
    let features = try scaled([1, 2, 3])
    let many = Whitening(of: features, workerCount: 1).randomDirections(count: 9, seed: 4).matrix
    let few = Whitening(of: features, workerCount: 3).randomDirections(count: 4, seed: 4).matrix
    #expect(few.elements == Array(many.elements.prefix(few.elements.count)))
    let constant = try FeatureMatrix(values: Tensor(repeating: 3, shape: [5, 2]), layer: "made up")
    #expect(Whitening(of: constant).randomDirections(count: 3, seed: 0).count == 0)
  }
}
