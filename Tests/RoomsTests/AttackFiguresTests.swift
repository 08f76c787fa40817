import Adversarial
import Figures
import Networks
import Tensors
import Testing

@testable import AttackRoom
@testable import Figures
@testable import Lab

@Suite struct AttackFiguresTests {
  @Test(
    "The amplification is the largest of 1, 2, 5, 10 … that clips next to nothing",
    arguments: [(0.1, 5), (0.25, 2), (0.3, 1), (0.05, 10), (0.007, 50), (8.0 / 255, 10), (1, 0.5), (0, 1)]
      as [(Double, Double)])
  func amplification(epsilon: Double, expected: Double) throws {
    let clean = Tensor(shape: [1, 1, 1, 2], elements: [1, 0.9])
    let perturbed = Tensor(shape: [1, 1, 1, 2], elements: [1 - Float(epsilon), 0.9])
    let classifier = Stubborn()
    let batch = AttackBatch(images: clean, labels: [0], imageIDs: [0])
    let evaluation = try Evaluation(
      of: PerturbedImages(images: perturbed), on: batch,
      under: ThreatModel(norm: .linf, epsilon: 2), classifier: classifier)
    var sample = AttackSample(capacity: 1, seed: 1)
    sample.add(evaluation, try EightBitRepair(of: evaluation, on: batch, classifier: classifier), of: batch)
    #expect(abs(AttackSheet.amplification(of: sample.items) - expected) < 1e-12)
  }

  /// Names class 0 whatever it sees.
  private struct Stubborn: DifferentiableClassifier {
    let inputShape = ImageShape(channels: 1, height: 1, width: 2)
    let classCount = 2
    func logits(of images: Tensor) -> Tensor {
      Tensor(shape: [images.count, 2], elements: (0..<images.count).flatMap { _ in [1, 0] as [Float] })
    }

    func logitsAndImageGradients(
      of images: Tensor,
      logitGradient:
        @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
    ) throws -> (logits: Tensor, imageGradients: Tensor) {
      (logits(of: images), Tensor(shape: images.shape))
    }
  }

  @Test(
    "Epsilon is printed as it was meant",
    arguments: [
      (0.1, "0.1"), (8 / 255, "8/255"), (0.25, "0.25"), (1, "1"), (0, "0"), (12, "12"), (0.33333, "0.33333"),
    ]
      as [(Float, String)])
  func epsilon(value: Float, text: String) {
    #expect(Numbers.epsilon(value) == text)
  }
}
