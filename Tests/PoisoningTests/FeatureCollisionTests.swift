import Networks
import TestSupport
import Tensors
import Testing

@testable import Poisoning

@Suite struct FeatureCollisionTests {
  private let shape = ImageShape(channels: 1, height: 2, width: 3)

  private func linear(scale: Float) -> LinearClassifier {
    var generator = SeededGenerator(seed: 4, purpose: "test")
    return LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [4, 6], elements: generator.normals(24).map { scale * $0 }),
      biases: [0, 0, 0, 0])
  }

  /// (WᵀW + βI)⁻¹ (Wᵀφ(t) + βb) by Gauss elimination.
  private func minimiser(_ weights: Tensor, target: [Double], base: [Double], similarity: Double) -> [Double]
  {
    let count = base.count
    func weight(_ row: Int, _ column: Int) -> Double { Double(weights.elements[row * count + column]) }
    var rows = (0..<count).map { i in
      (0..<count).map { j in
        (0..<4).reduce(i == j ? similarity : 0) { $0 + weight($1, i) * weight($1, j) }
      } + [(0..<4).reduce(similarity * base[i]) { $0 + weight($1, i) * target[$1] }]
    }
    for pivot in 0..<count {
      let best = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }!
      rows.swapAt(pivot, best)
      for row in 0..<count where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...count { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
  }

  @Test(
    "On a linear map without an active bound the closed-form minimiser is reached", arguments: [0.05, 0.5, 5])
  func closedForm(similarity: Double) throws {
    let network = linear(scale: 0.5)
    let bases = Tensor(
      shape: [2, 1, 2, 3], elements: [0.5, 0.45, 0.55, 0.5, 0.4, 0.6, 0.6, 0.5, 0.5, 0.4, 0.5, 0.5])
    // Features near those of the bases, so that the minimiser stays inside the box.
    var targets = try network.logits(of: bases)
    for index in targets.elements.indices { targets.elements[index] += index.isMultiple(of: 2) ? 0.1 : -0.1 }
    let poisons = try FeatureCollision(similarity: similarity, stepCount: 3000).poisons(
      bases: bases, targets: targets, network: network)
    for pair in 0..<2 {
      let expected = minimiser(
        network.weights, target: targets[row: pair].map(Double.init), base: bases[row: pair].map(Double.init),
        similarity: similarity)
      #expect(expected.allSatisfy { (0.01...0.99).contains($0) }, "the box is active: \(expected)")
      for (found, exact) in zip(poisons.images[row: pair], expected) {
        // Pixels are Float, and the objective is flat at its minimum: √(2⁻²⁴) of them.
        #expect(abs(Double(found) - exact) < 3e-4)
      }
      #expect(zip(poisons.objectives[pair], poisons.objectives[pair].dropFirst()).allSatisfy { $0 >= $1 })
      #expect(poisons.objectives[pair].count == 3001)
    }
  }

  @Test("The box holds where the minimiser is outside of it, and pairs do not know of each other")
  func box() throws {
    let network = linear(scale: 2)
    let bases = Tensor(
      shape: [2, 1, 2, 3], elements: [0.5, 0, 1, 0.5, 0.2, 0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    let targets = Tensor(shape: [2, 4], elements: [9, -9, 9, -9, 4, 3, 2, 1])
    let collision = FeatureCollision(similarity: 0.01, stepCount: 200)
    let both = try collision.poisons(bases: bases, targets: targets, network: network)
    #expect(both.images.elements.allSatisfy { (0...1).contains($0) })
    #expect(both.images.elements.contains { $0 == 0 || $0 == 1 })
    let second = try collision.poisons(bases: bases.rows([1]), targets: targets.rows([1]), network: network)
    #expect(Array(second.images[row: 0]) == Array(both.images[row: 1]))
    #expect(second.featureDistances[0] == both.featureDistances[1])
  }

  @Test("In a network with hidden units features come near the target, and the image stays near the base")
  func network() throws {
    let shape = ImageShape(channels: 1, height: 12, width: 12)
    let whole = Network(initializing: try Graph(.named(.mlp, input: shape, classCount: 4)), seed: 2)
    var generator = SeededGenerator(seed: 6, purpose: "test")
    func image() -> Tensor {
      Tensor(shape: [3, 1, 12, 12], elements: (0..<3 * 144).map { _ in Float(generator.uniform()) })
    }
    let (bases, targets) = (image(), image())
    var files: [Tensor] = []
    for workers in 1...2 {
      let network = try Engine(running: #require(whole.features), workerCount: workers)
      let features = try network.logits(of: targets)
      let start = try network.logits(of: bases)
      let poisons = try FeatureCollision(similarity: 0.001, stepCount: 400).poisons(
        bases: bases, targets: features, network: network)
      for pair in 0..<3 {
        let before = Norm.l2(zip(start[row: pair], features[row: pair]).map { $0 - $1 })
        let apart = Norm.l2(zip(bases[row: pair], targets[row: pair]).map { $0 - $1 })
        #expect(poisons.featureDistances[pair] < 0.1 * before)
        #expect(poisons.baseDistances[pair] < 0.8 * apart)
        #expect(zip(poisons.objectives[pair], poisons.objectives[pair].dropFirst()).allSatisfy { $0 >= $1 })
      }
      files.append(poisons.images)
    }
    #expect(files[0] == files[1])
  }

  @Test("A watermark is γ t + (1 − γ) b")
  func watermark() {
    let mixed = Tensor(shape: [2], elements: [0, 1]).watermarked(
      with: Tensor(shape: [2], elements: [1, 0.5]), opacity: 0.25)
    #expect(mixed.elements == [0.25, 0.875])
  }
}
