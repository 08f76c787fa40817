import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct CertifiedRadiusTests {
  @Test("No attack finds an adversarial image within the radius, and the grid of two pixels none either")
  func sound() throws {
    let engine = try Engine.plane(seed: 5)
    let batch = try AttackBatch.correct(count: 40, for: engine, seed: 6)
    let certificate = CertifiedRadius(try LipschitzBound(of: engine.network), of: engine.network)
    let logits = try engine.logits(of: batch.images)
    let side = 301
    let grid = Tensor(
      shape: [side * side, 1, 1, 2],
      elements: (0..<side * side).flatMap { [Float($0 / side) / 300, Float($0 % side) / 300] })
    let labels = Prediction.rows(of: try engine.logits(of: grid)).map(\.label)
    for row in 0..<40 {
      let radius = certificate.radius(logits[row: row], label: batch.labels[row])
      let image = batch.images[row: row]
      let nearest =
        labels.indices.filter { labels[$0] != batch.labels[row] }
        .map { Distortion(from: image, to: grid[row: $0]).l2 }.min() ?? .infinity
      #expect(radius > 0 && radius <= nearest)
      #expect(certificate.byMargin(logits[row: row], label: batch.labels[row]) <= radius)
    }
  }

  @Test("For a network of one linear layer the radius by pairs is the exact distance")
  func linear() throws {
    let shape = ImageShape(channels: 1, height: 3, width: 3)
    let graph = try Graph(
      Architecture(
        name: "softmax", input: shape,
        nodes: [.init("flatten", .flatten), .init("fc", .linear(outputs: 4, bias: true))]))
    let network = Network(initializing: graph, seed: 1)
    let engine = try Engine(running: network, workerCount: 1)
    let batch = try AttackBatch.correct(count: 20, for: engine, seed: 2)
    let logits = try engine.logits(of: batch.images)
    let certificate = CertifiedRadius(try LipschitzBound(of: network), of: network)
    let exact = try #require(LinearModelDistance(of: network))
    for row in 0..<20 {
      let label = batch.labels[row]
      expectClose(
        certificate.radius(logits[row: row], label: label),
        exact.distance(from: batch.images[row: row], label: label, norm: .l2), absolute: 1e-6, relative: 1e-4)
    }
    // Where the label does not win there is nothing to certify.
    let wrong = (batch.labels[0] + 1) % 4
    #expect(certificate.radius(logits[row: 0], label: wrong) == 0)
  }
}
