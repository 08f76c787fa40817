import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct MomentumIterativeTests {
  let shape = ImageShape(channels: 1, height: 3, width: 3)

  @Test("Without momentum it is the basic iterative method, bit for bit", arguments: [Norm.linf, .l2])
  func noMomentum(norm: Norm) throws {
    let engine = try Engine.convolutional(seed: 2)
    let batch = try AttackBatch.correct(count: 30, for: engine, seed: 3)
    let model = ThreatModel(norm: norm, epsilon: norm == .linf ? 0.03 : 0.2)
    let plain = try ProjectedGradientDescent.basicIterative()
      .perturbedImages(for: batch, under: model, classifier: engine).images
    let found = try MomentumIterative(decay: 0)
      .perturbedImages(for: batch, under: model, classifier: engine).images
    // The momentum is the gradient over its L1 norm, rounded to Float: 1e-7 of a step in L2, no sign changes.
    expectClose(found, plain, absolute: norm == .linf ? 0 : 1e-6)
  }

  @Test("Its iterates are those of the equations, written out in Double", arguments: [0.5, 1])
  func equations(decay: Double) throws {
    // The gradient points to the centre and turns on the way, so that the running sum matters; never reached.
    let centre: [Float] = [0.9, 0.2, 0.5, 0.52, 0.1, 0.48, 0.7, 0.3, 0.51]
    let classifier = PlantedBall(inputShape: shape, centre: centre, radius: 0.001)
    let batch = AttackBatch(
      images: Tensor(repeating: 0.5, shape: [1, 1, 3, 3]), labels: [0], imageIDs: [0])
    let model = ThreatModel(norm: .l2, epsilon: 0.5)
    let attack = MomentumIterative(stepCount: 6, decay: decay, loss: .margin)
    let found = try attack.perturbedImages(for: batch, under: model, classifier: classifier).images

    var image = [Double](repeating: 0.5, count: 9)
    var momentum = [Double](repeating: 0, count: 9)
    var iterates = [image]
    func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    for _ in 0..<6 {
      let gradient = zip(image, centre).map { 2 * (Double($1) - $0) }
      let size = gradient.reduce(0) { $0 + abs($1) }
      momentum = zip(momentum, gradient).map { decay * $0 + $1 / size }
      let unit = momentum.map { $0 / length(momentum) }
      let offset = zip(image, unit).map { $0 + 0.5 / 6 * $1 - 0.5 }
      let scale = min(1, 0.5 / length(offset))
      image = offset.map { min(max(0.5 + scale * $0, 0), 1) }
      iterates.append(image)
    }
    let nearest = iterates.min { first, second in
      length(zip(first, centre).map { $0 - Double($1) }) < length(zip(second, centre).map { $0 - Double($1) })
    }!
    for (found, expected) in zip(found.elements, nearest) {
      expectClose(Double(found), expected, absolute: 1e-6)
    }
  }
}
