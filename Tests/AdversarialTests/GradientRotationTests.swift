import Foundation
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct GradientRotationTests {
  let shape = ImageShape(channels: 1, height: 5, width: 5)

  private func rotated(_ model: ThreatModel, _ attack: GradientRotation = GradientRotation()) throws -> (
    batch: AttackBatch, images: Tensor, difference: [Float], up: [Double]
  ) {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 20, for: classifier, in: 0.4...0.6, seed: 2)
    let images = try attack.perturbedImages(for: batch, under: model, classifier: classifier).images
    let difference = zip(classifier.weights[row: 1], classifier.weights[row: 0]).map { $0 - $1 }
    return (batch, images, difference, batch.labels.map { $0 == 1 ? -1 : 1 })
  }

  @Test(
    "Where nothing is clipped the image keeps its length and moves by ε, in every norm",
    arguments: Norm.withBalls)
  func length(norm: Norm) throws {
    let epsilon: Float = norm == .linf ? 0.05 : norm == .l2 ? 0.2 : 0.6
    let (batch, images, _, _) = try rotated(ThreatModel(norm: norm, epsilon: epsilon))
    for row in 0..<20 {
      expectClose(Norm.l2(images[row: row]), Norm.l2(batch.images[row: row]), relative: 1e-6)
      expectClose(
        norm(zip(images[row: row], batch.images[row: row]).map { $0 - $1 }), Double(epsilon), relative: 1e-5)
    }
  }

  @Test("It turns in the plane of image and gradient, by 2 asin(ε / 2‖x‖), towards the gradient")
  func plane() throws {
    let (batch, images, difference, up) = try rotated(ThreatModel(norm: .l2, epsilon: 0.3))
    for row in 0..<20 {
      let image = batch.images[row: row].map(Double.init)
      let gradient = difference.map { up[row] * Double($0) }
      func dot(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let squares = dot(image, image)
      let across = zip(gradient, image).map { $0 - dot(gradient, image) / squares * $1 }
      let angle = 2 * asin(0.3 / (2 * squares.squareRoot()))
      let scale = sin(angle) * (squares / dot(across, across)).squareRoot()
      for (found, (pixel, slope)) in zip(images[row: row], zip(image, across)) {
        expectClose(Double(found), cos(angle) * pixel + scale * slope, absolute: 1e-6)
      }
    }
  }

  @Test("The angle may be held below what the budget allows")
  func largestAngle() throws {
    let (batch, images, _, _) = try rotated(
      ThreatModel(norm: .l2, epsilon: 100, bounds: -10...10), GradientRotation(largestAngle: 0.1))
    for row in 0..<20 {
      let image = batch.images[row: row]
      let cosine =
        zip(image, images[row: row]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        / (Norm.l2(image) * Norm.l2(images[row: row]))
      expectClose(cosine, cos(0.1), relative: 1e-6)
    }
  }

  @Test("A black image has no direction and is counted as one without a gradient")
  func black() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = AttackBatch(images: Tensor(shape: [1, 1, 5, 5]), labels: [0], imageIDs: [0])
    let result = try GradientRotation().perturbedImages(
      for: batch, under: ThreatModel(norm: .l2, epsilon: 1), classifier: classifier)
    #expect(result.images == batch.images && result.zeroGradientRows == [0])
  }
}
