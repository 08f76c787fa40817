import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct OptimalityCertificateTests {
  let shape = ImageShape(channels: 1, height: 5, width: 5)

  private func certificate(
    _ perturbation: (_ slopes: [Float], _ distance: Double) -> [Double],
    in range: ClosedRange<Float> = 0.4...0.6
  ) throws -> (OptimalityCertificate, [Float]) {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 20, for: classifier, in: range, seed: 2)
    let difference = zip(classifier.weights[row: 1], classifier.weights[row: 0]).map { $0 - $1 }
    let exact = LinearModelDistance(weights: classifier.weights, biases: classifier.biases)
    var images = batch.images
    for row in 0..<20 {
      let slopes = batch.labels[row] == 0 ? difference : difference.map { -$0 }
      let distance = exact.distance(from: images[row: row], label: batch.labels[row], norm: .l2)
      let moved = zip(images[row: row], perturbation(slopes, distance)).map { Float(Double($0) + $1) }
      images[row: row] = ArraySlice(moved)
    }
    let evaluation = try Evaluation(
      of: PerturbedImages(images: images), on: batch, under: ThreatModel(norm: .l2, epsilon: .infinity),
      classifier: classifier)
    return (try OptimalityCertificate(of: evaluation, on: batch, classifier: classifier), difference)
  }

  @Test("At the nearest adversarial image of a linear classifier the cosine is 1")
  func minimum() throws {
    let (certificate, _) = try certificate { slopes, distance in
      slopes.map { 1.001 * distance * Double($0) / Norm.l2(slopes) }
    }
    #expect(certificate.cosines.compactMap(\.self).count == 20)
    for cosine in certificate.cosines { expectClose(try #require(cosine), 1, absolute: 1e-5) }
  }

  @Test("A step along the signs has the cosine ‖w‖₁ / (√n ‖w‖₂), and failures have none")
  func signs() throws {
    let (certificate, difference) = try certificate { slopes, _ in slopes.map { $0 > 0 ? 0.2 : -0.2 } }
    let expected = Norm.l1(difference) / (5 * Norm.l2(difference))
    for cosine in certificate.cosines { expectClose(try #require(cosine), expected, absolute: 1e-5) }
    let (none, _) = try self.certificate { slopes, _ in slopes.map { _ in 0 } }
    #expect(none.cosines.allSatisfy { $0 == nil } && none.median == nil)
  }

  @Test("Pixels at a bound are left out, where a bound and not the boundary holds them")
  func bounds() throws {
    let (certificate, _) = try certificate(
      { slopes, distance in
        // Far enough that some pixels end at a bound: clipping by the evaluation.
        slopes.map { 4 * distance * Double($0) / Norm.l2(slopes) }
      }, in: 0...1)
    for cosine in certificate.cosines.compactMap(\.self) { expectClose(cosine, 1, absolute: 1e-5) }
  }
}
