import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct LinearModelDistanceTests {
  @Test("Without a box it is the margin over the dual norm of the difference of weights")
  func formula() {
    let model = LinearModelDistance(
      weights: Tensor(shape: [3, 2], elements: [3, 4, 0, 0, 3, 0]), biases: [0, 1, 0.5])
    // At (1, 1): logits 7, 1, 3.5; differences of weights (−3, −4) and (0, −4).
    let image: [Float] = [1, 1]
    #expect(model.distance(from: image, label: 0, norm: .l2) == min(6.0 / 5, 3.5 / 4))
    #expect(model.distance(from: image, label: 0, norm: .linf) == min(6.0 / 7, 3.5 / 4))
    #expect(model.distance(from: image, label: 0, target: 1, norm: .l1) == 6.0 / 4)
    #expect(model.distance(from: image, label: 1, norm: .l2) == 0)
  }

  @Test("With a box it is what a fine grid finds", arguments: Norm.withBalls)
  func grid(norm: Norm) throws {
    var generator = SeededGenerator(seed: 3)
    let side = 401
    var felt = 0
    for _ in 0..<30 {
      let weights = Tensor(shape: [2, 2], elements: generator.normals(4))
      let image = [Float(generator.uniform()), Float(generator.uniform())]
      let values = (0..<2).map { row in
        zip(weights[row: row], image).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
      let label = 0
      let biases = [0, Float(values[0] - values[1] - 0.3)]
      let model = LinearModelDistance(weights: weights, biases: biases)
      let found = model.distance(from: image, label: label, norm: norm, bounds: 0...1)
      let nearest = (0..<side * side).reduce(Double.infinity) { least, place in
        let point = [Double(place / side) / 400, Double(place % side) / 400]
        let gap = (0..<2).reduce(Double(biases[1])) {
          $0 + (Double(weights[row: 1][2 + $1]) - Double(weights[row: 0][$1])) * point[$1]
        }
        guard gap >= 0 else { return least }
        let moved = zip(point, image).map { Float($0 - Double($1)) }
        return min(least, norm(moved))
      }
      guard nearest.isFinite || found.isFinite else { continue }
      // The grid is 1/400 wide: a point of it lies within two of its diagonals, unless a corner is cut off.
      if nearest.isFinite { expectClose(found, nearest, absolute: 0.012) }
      #expect(found <= nearest + 1e-9)
      if found > 1.01 * model.distance(from: image, label: label, norm: norm) { felt += 1 }
    }
    #expect(felt > 2)
  }

  @Test("Where no image of the box is adversarial the distance is infinite", arguments: Norm.withBalls)
  func unreachable(norm: Norm) {
    let model = LinearModelDistance(weights: Tensor(shape: [2, 1], elements: [0, 1]), biases: [5, 0])
    #expect(model.distance(from: [0.5], label: 0, norm: norm, bounds: 0...1) == .infinity)
    #expect(model.distance(from: [0.5], label: 0, norm: norm) == 4.5)
  }

  @Test("A network of one linear layer is read with its normalisation, others are not read")
  func networks() throws {
    let shape = ImageShape(channels: 2, height: 2, width: 2)
    let graph = try Graph(
      Architecture(
        name: "softmax", input: shape,
        nodes: [
          .init("normalise", .normalise(mean: [0.3, 0.6], standardDeviation: [0.5, 0.2])),
          .init("flatten", .flatten), .init("fc", .linear(outputs: 3, bias: true)),
        ]))
    let network = Network(initializing: graph, seed: 4)
    let engine = try Engine(running: network, workerCount: 1)
    let model = try #require(LinearModelDistance(of: network))
    let batch = try AttackBatch.correct(count: 20, for: engine, seed: 5)
    // Just inside and just outside of the exact L∞ distance the fast gradient method fails and succeeds.
    for row in 0..<20 {
      let single = batch.selecting([row])
      let rival = (0..<3).filter { $0 != batch.labels[row] }.min {
        model.distance(from: batch.images[row: row], label: batch.labels[row], target: $0, norm: .linf)
          < model.distance(from: batch.images[row: row], label: batch.labels[row], target: $1, norm: .linf)
      }!
      let distance = model.distance(from: batch.images[row: row], label: batch.labels[row], norm: .linf)
      for (factor, succeeds) in [(0.99, false), (1.01, true)] {
        let attack = ProjectedGradientDescent(stepCount: 1, relativeStepSize: 1, start: .image, loss: .margin)
        let model = ThreatModel(
          norm: .linf, epsilon: Float(factor * distance), bounds: -10...10, goal: .targeted([rival]))
        let found = try attack.perturbedImages(for: single, under: model, classifier: engine).images
        let margin = try engine.logits(of: found)
        #expect((margin[row: 0][rival] >= margin[row: 0][batch.labels[row]]) == succeeds)
      }
    }
    #expect(LinearModelDistance(of: try Engine.plane(seed: 1).network) == nil)
  }

  @Test("As many pixels are counted as make up for the margin, those that can do most first")
  func pixels() {
    // z₁ − z₀ = x₀ + 2 x₁ + 3 x₂ − 3 − m at (½, ½, ½), where every pixel has room for ½.
    func distance(missing: Float, bounds: ClosedRange<Float>?) -> Double {
      LinearModelDistance(
        weights: Tensor(shape: [2, 3], elements: [0, 0, 0, 1, 2, 3]), biases: [3 + missing, 0]
      ).distance(from: [0.5, 0.5, 0.5], label: 0, norm: .l0, bounds: bounds)
    }
    for (missing, count) in [(1.4, 1), (1.5, 1), (2.2, 2), (2.6, 3), (3, 3)] as [(Float, Double)] {
      #expect(distance(missing: missing, bounds: 0...1) == count, "\(missing)")
    }
    #expect(distance(missing: 3.1, bounds: 0...1) == .infinity)
    #expect(distance(missing: 100, bounds: nil) == 1)
  }
}
