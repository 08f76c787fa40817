import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct DecoupledDirectionNormTests {
  @Test("Rounded inside, every success is one after rounding to 8 bits, at nearly the same distance")
  func rounding() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 40)
    let model = ThreatModel(norm: .l2, epsilon: .infinity)
    func evaluation(_ rounding: DecoupledDirectionNorm.Rounding) throws -> Evaluation {
      try Evaluation(
        of: DecoupledDirectionNorm(rounding: rounding), on: batch, under: model, classifier: engine)
    }
    let (plain, rounded) = (try evaluation(.none), try evaluation(.eightBits))
    #expect(rounded.summary.success.count == 40 && rounded.summary.survival == Proportion(40, of: 40))
    #expect(Evaluation.rounded8Bit(rounded.returnedImages) == rounded.returnedImages)
    let medians = [plain, rounded].map { median($0.images.map(\.distortion.l2)) }
    #expect(medians[1] < 1.03 * medians[0])
  }

  @Test("The best point is returned, not the last: with many steps the last lies on either side")
  func best() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 20)
    for steps in [40, 41, 42, 43] {
      let example = MinimalAttackCase(attack: DecoupledDirectionNorm(stepCount: steps), norm: .l2)
      let images = try example.proposal(for: batch, classifier: engine).images
      #expect(example.distances(images, from: batch).allSatisfy { $0 > 0 })
    }
  }

  @Test(
    "A nearest point farther away than all steps together reach is found, within a hundredth",
    arguments: [1, 60, 100])
  func far(steps: Int) throws {
    // m(x) = Σ x − 0.95 n, at x = ½: the nearest point of the face is 0.45 √n away, inside the box. n = 160,000: 180.
    let side = 400
    let count = side * side
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: side, width: side),
      weights: Tensor(
        shape: [2, count],
        elements: [Float](repeating: 0, count: count) + [Float](repeating: 1 / Float(count), count: count)),
      biases: [0, -0.95])
    let batch = AttackBatch(
      images: Tensor(shape: [1, 1, side, side], elements: [Float](repeating: 0.5, count: count)), labels: [0],
      imageIDs: [0])
    let evaluation = try Evaluation(
      of: DecoupledDirectionNorm(stepCount: steps), on: batch,
      under: ThreatModel(norm: .l2, epsilon: .infinity), classifier: classifier)
    #expect(evaluation.images[0].verdict == .succeeded)
    if steps > 1 { expectClose(evaluation.images[0].distortion.l2, 180, relative: 0.05) }
  }

  @Test("The point after the last step is judged too")
  func lastStep() throws {
    // One step of length 1 crosses the face; nothing before it does.
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 1, width: 1),
      weights: Tensor(shape: [2, 1], elements: [0, 4]),
      biases: [0, -2])
    let batch = AttackBatch(
      images: Tensor(shape: [1, 1, 1, 1], elements: [0.25]), labels: [0], imageIDs: [0])
    let images = try DecoupledDirectionNorm(stepCount: 1).perturbedImages(
      for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity), classifier: classifier
    ).images
    #expect(images.elements == [1])
  }
}
