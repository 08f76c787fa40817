import Directions
import Networks
import Tensors
import Testing

@testable import Lab

@Suite struct SparseAutoencoderTests {
  /// Features that are sums of a few of many known directions:
  ///
  ///     x = offset + Σ_{a ∈ A} c_a d_a + noise,   |A| = active, c_a uniform in [0.5, 1.5]
  struct Planted {
    /// `[atoms, dimension]`, of length 1.
    let atoms: Tensor
    let features: Tensor

    init(
      atomCount: Int = 48, dimension: Int = 32, active: Int = 3, count: Int = 12_000, from first: Int = 0,
      seed: UInt64
    ) {
      atoms = DirectionSet.randomSphere(count: atomCount, dimension: dimension, seed: seed).matrix
      var elements: [Float] = []
      for index in first..<first + count {
        var generator = SeededGenerator(seed: seed, purpose: "planted example", index: index)
        var row = generator.normals(dimension).map { 3 + 0.02 * $0 }
        for atom in generator.sample(active, of: atomCount) {
          let strength = Float(0.5 + generator.uniform())
          for column in 0..<dimension { row[column] += strength * atoms.elements[atom * dimension + column] }
        }
        elements += row
      }
      features = Tensor(shape: [count, dimension], elements: elements)
    }

    /// Mean over the atoms of the largest cosine with a direction.
    func recovery(_ directions: Tensor) -> Double {
      let best = (0..<atoms.count).map { atom -> Double in
        var largest = -1.0
        for row in 0..<directions.count {
          var cosine = 0.0
          for (a, b) in zip(atoms[row: atom], directions[row: row]) { cosine += Double(a) * Double(b) }
          largest = max(largest, cosine)
        }
        return largest
      }
      return best.reduce(0, +) / Double(best.count)
    }
  }

  static let configuration = SparseAutoencoder.Configuration(
    latentCount: 64, activeCount: 3, epochCount: 30, batchSize: 256, learningRate: 3e-3, seed: 2)

  @Test(
    "A planted sparse dictionary is found, far beyond what its starting directions or random ones find",
    arguments: [1, 2])
  func recovery(seed: Int) throws {
    let planted = Planted(seed: UInt64(seed))
    let fitted = try SparseAutoencoder.fit(planted.features, Self.configuration, workerCount: 2)
    var untrained = Self.configuration
    untrained.epochCount = 0
    let start = try SparseAutoencoder.fit(planted.features, untrained, workerCount: 2)
    let found = planted.recovery(fitted.directions.matrix)
    #expect(found > 0.95, "\(found)")
    #expect(planted.recovery(start.directions.matrix) < 0.7)
    let quality = fitted.training
    let explained = try #require(quality.explainedVariance)
    #expect(explained > 0.9, "\(explained)")
    let heldOut = try fitted.quality(on: Planted(count: 2000, from: 12_000, seed: UInt64(seed)).features)
    #expect(try #require(heldOut.explainedVariance) > 0.9)
  }

  @Test("Quality is what the reconstruction and the codes say, and the loss is the variance not explained")
  func quality() throws {
    let planted = Planted(count: 5000, seed: 3)  // more than one block
    let fitted = try SparseAutoencoder.fit(planted.features, Self.configuration, workerCount: 2)
    let given = try fitted.reconstruction(of: planted.features)
    let codes = try fitted.codes(of: planted.features)
    #expect(given.shape == planted.features.shape && codes.shape == [5000, 64])
    #expect(codes.elements.allSatisfy { $0 >= 0 })
    #expect((0..<5000).allSatisfy { row in codes[row: row].count { $0 > 0 } <= 3 })
    var counts = [Int](repeating: 0, count: 64)
    for row in 0..<5000 {
      for (latent, code) in codes[row: row].enumerated() where code > 0 { counts[latent] += 1 }
    }
    #expect(fitted.training.useCounts == counts)
    #expect(fitted.training.exampleCount == 5000)

    let dimension = planted.features.rowLength
    var mean = [Double](repeating: 0, count: dimension)
    for row in 0..<5000 {
      for (column, x) in planted.features[row: row].enumerated() { mean[column] += Double(x) / 5000 }
    }
    var (error, variance, cosine) = (0.0, 0.0, 0.0)
    for row in 0..<5000 {
      var (product, givenSquares, squares) = (0.0, 0.0, 0.0)
      for (column, pair) in zip(given[row: row], planted.features[row: row]).enumerated() {
        let (y, x) = (Double(pair.0), Double(pair.1))
        error += (y - x) * (y - x)
        variance += (x - mean[column]) * (x - mean[column])
        product += y * x
        givenSquares += y * y
        squares += x * x
      }
      cosine += product / (givenSquares * squares).squareRoot()
    }
    let explained = try #require(fitted.training.explainedVariance)
    #expect(abs(explained - (1 - error / variance)) < 1e-6)
    #expect(abs(try #require(fitted.training.meanCosine) - cosine / 5000) < 1e-6)
    #expect(abs(try #require(fitted.losses.last) - (1 - explained)) < 0.02)
  }

  @Test("A reconstruction is the mean, the bias and the used directions with their codes")
  func linearCombination() throws {
    let planted = Planted(count: 1000, seed: 4)
    let fitted = try SparseAutoencoder.fit(planted.features, Self.configuration, workerCount: 1)
    let some = planted.features.rows([0, 17, 999])
    let (given, codes) = (try fitted.reconstruction(of: some), try fitted.codes(of: some))
    let decoder = try #require(fitted.network[parameter: "decoder.weight"])
    let bias = try #require(fitted.network[parameter: "decoder.bias"])
    let (mean, scale) = try #require(fitted.network.graph.normalisation)
    for row in 0..<3 {
      for column in 0..<32 {
        var sum = Double(bias.elements[column])
        for (weight, code) in zip(decoder[row: column], codes[row: row]) {
          sum += Double(weight) * Double(code)
        }
        let expected = Double(mean[column]) + Double(scale[column]) * sum
        #expect(abs(Double(given.elements[row * 32 + column]) - expected) < 1e-4)
      }
    }
  }

  @Test("Directions have length 1, keep their latents' numbers, and leave the dead ones out")
  func directions() throws {
    // One direction only varies: most latents have nothing to answer to.
    var generator = SeededGenerator(seed: 9)
    let strengths = generator.normals(600)
    var features = Tensor(repeating: 1, shape: [600, 8])
    for row in 0..<600 { features.elements[row * 8 + 5] = strengths[row] }
    let fitted = try SparseAutoencoder.fit(
      features,
      SparseAutoencoder.Configuration(latentCount: 40, activeCount: 1, epochCount: 3, batchSize: 64),
      workerCount: 1)
    let dead = fitted.training.deadLatents
    try #require(!dead.isEmpty && dead.count < 40)
    let directions = fitted.directions
    #expect(directions.kind == .sparseAutoencoder && directions.count == 40 - dead.count)
    #expect(Set(directions.ids).isDisjoint(with: dead.map { $0 < 10 ? "s0\($0)" : "s\($0)" }))
    for row in 0..<directions.count {
      #expect(abs(Norm.l2(Array(directions.matrix[row: row])) - 1) < 1e-6)
    }
    let decoder = try #require(fitted.network[parameter: "decoder.weight"])
    let latent = try #require(Int(directions.ids[0].dropFirst()))
    #expect(Array(directions.matrix[row: 0]) == (0..<8).map { decoder.elements[$0 * 40 + latent] })
  }

  @Test("The same seed gives the same bytes for any number of workers, another seed others")
  func determinism() throws {
    let features = Planted(count: 700, seed: 5).features
    var configuration = Self.configuration
    configuration.epochCount = 2
    let fits = try [1, 2, 3].map {
      try SparseAutoencoder.fit(features, configuration, workerCount: $0)
    }
    for fit in fits.dropFirst() {
      #expect(fit.network.parameters == fits[0].network.parameters)
      #expect(fit.losses == fits[0].losses && fit.training == fits[0].training)
    }
    configuration.seed = 3
    #expect(
      try SparseAutoencoder.fit(features, configuration, workerCount: 1).network.parameters
        != fits[0].network.parameters)
  }

  @Test("Scaling and shifting all features changes what is learned in no direction")
  func scaleAndShift() throws {
    let features = Planted(count: 3000, seed: 6).features
    var configuration = Self.configuration
    configuration.epochCount = 3
    let moved = Tensor(shape: features.shape, elements: features.elements.map { 8 * $0 - 16 })
    let (one, two) = (
      try SparseAutoencoder.fit(features, configuration, workerCount: 2),
      try SparseAutoencoder.fit(moved, configuration, workerCount: 2)
    )
    let (first, second) = (
      try #require(one.training.explainedVariance), try #require(two.training.explainedVariance)
    )
    #expect(abs(first - second) < 0.01)
    #expect(abs(one.losses[0] - two.losses[0]) < 1e-3)
  }

  @Test("Features that are all the same are refused in words")
  func constant() {
    let features = Tensor(repeating: 2, shape: [10, 4])
    #expect(throws: SparseAutoencoderError.constantFeatures) {
      try SparseAutoencoder.fit(
        features, SparseAutoencoder.Configuration(latentCount: 8, activeCount: 2), workerCount: 1)
    }
  }
}
