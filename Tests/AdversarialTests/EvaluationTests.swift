import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct EvaluationTests {
  let shape = ImageShape(channels: 1, height: 4, width: 4)

  /// Ten images; the labels of rows 2, 5 and 6 are not what the classifier says.
  private func threeWrongOfTen() throws -> (classifier: LinearClassifier, batch: AttackBatch) {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 1)
    let right = try AttackBatch.correct(count: 10, for: classifier, seed: 2)
    let labels = right.labels.enumerated().map { [2, 5, 6].contains($0) ? ($1 + 1) % 4 : $1 }
    return (classifier, AttackBatch(images: right.images, labels: labels, imageIDs: right.imageIDs))
  }

  @Test("With 3 of 10 images wrong before, success is counted over 7 and robust accuracy over 10")
  func denominators() throws {
    let (classifier, batch) = try threeWrongOfTen()
    // A budget that moves every pixel to 0 or 1 fools a linear classifier always; none fools it never.
    for (epsilon, successes) in [(Float(1), 7), (0, 0)] {
      let evaluation = try Evaluation(
        of: FastGradientSignMethod(), on: batch, under: ThreatModel(norm: .linf, epsilon: epsilon),
        classifier: classifier)
      let summary = evaluation.summary
      #expect(summary.cleanAccuracy == Proportion(7, of: 10))
      #expect(summary.success == Proportion(successes, of: 7))
      #expect(summary.robustAccuracy == Proportion(7 - successes, of: 10))
      #expect(summary.alreadyWrongCount == 3)
      for row in [2, 5, 6] {
        #expect(evaluation.images[row].verdict == .alreadyWrong)
        #expect(evaluation.returnedImages[row: row] == batch.images[row: row])
        #expect(evaluation.images[row].distortion.l0 == 0)
        #expect(evaluation.images[row].survives8Bit == nil)
      }
    }
  }

  @Test("Every verdict can be repeated from the returned images alone", arguments: [Norm.l1, .l2, .linf])
  func repeatable(norm: Norm) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 3)
    let batch = try AttackBatch.correct(count: 50, for: classifier, seed: 4)
    let epsilon: Float = norm == .linf ? 0.03 : norm == .l2 ? 0.15 : 0.6
    let evaluation = try Evaluation(
      of: FastGradientSignMethod(), on: batch, under: ThreatModel(norm: norm, epsilon: epsilon),
      classifier: classifier)
    let summary = evaluation.summary
    #expect(summary.success.count > 0 && summary.success.count < 50)  // both outcomes are tested
    let again = Prediction.rows(of: try classifier.logits(of: evaluation.returnedImages))
    for (row, image) in evaluation.images.enumerated() {
      #expect(again[row] == image.after)
      #expect((again[row].label != image.label) == (image.verdict == .succeeded))
      #expect(
        image.distortion
          == Distortion(from: batch.images[row: row], to: evaluation.returnedImages[row: row]))
      if image.verdict == .failed {
        #expect(evaluation.returnedImages[row: row] == batch.images[row: row])
      }
    }
    #expect(summary.projectedCount == 0)
  }

  @Test("A failed attack returns the original image bit for bit, and says what its attempt reached")
  func failure() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 5)
    let batch = try AttackBatch.correct(count: 6, for: classifier, seed: 6)
    // Aimed at a class, the attempts end in another one: wrong, but not what was wanted.
    let other = batch.images.rows((0..<6).map { ($0 + 1) % 6 })
    let predictions = Prediction.rows(of: try classifier.logits(of: other)).map(\.label)
    let targets = zip(batch.labels, predictions).map { label, prediction in
      (0..<4).first { $0 != label && $0 != prediction }!
    }
    let evaluation = try Evaluation(
      of: PerturbedImages(images: other), on: batch,
      under: ThreatModel(norm: .linf, epsilon: 1, goal: .targeted(targets)), classifier: classifier)
    #expect(evaluation.returnedImages == batch.images)
    #expect(evaluation.images.map(\.attempt.label) == predictions)
    #expect(evaluation.images.allSatisfy { $0.verdict == .failed && $0.after == $0.before && $0.isRobust })
    #expect(evaluation.summary.success == Proportion(0, of: 6))
    #expect(evaluation.summary.medianL2 == nil)
  }

  @Test(
    "Proposals outside ball and box are moved inside before they are judged",
    arguments: [Norm.l1, .l2, .linf])
  func projection(norm: Norm) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 7)
    var batch = try AttackBatch.correct(count: 30, for: classifier, seed: 8)
    var images = batch.images
    for index in images.elements.indices where index % 3 < 2 { images.elements[index] = Float(index % 3) }
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    batch = AttackBatch(images: images, labels: labels, imageIDs: batch.imageIDs)
    let model = ThreatModel(norm: norm, epsilon: 0.4)
    let far = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: norm, epsilon: 50, bounds: -50...50), classifier: classifier)
    let evaluation = try Evaluation(
      of: far, on: batch, under: model, classifier: classifier)
    #expect(evaluation.summary.projectedCount == 30)
    #expect(evaluation.summary.success.count > 0)
    for row in 0..<30 {
      let returned = evaluation.returnedImages[row: row]
      #expect(returned.allSatisfy { (0...1).contains($0) })
      let difference = zip(returned, images[row: row]).map { Double($0) - Double($1) }
      #expect(model.length(difference) <= Double(model.epsilon))
    }
  }

  @Test("An image's record is the same alone, in a batch and in a reversed batch")
  func batches() throws {
    let (classifier, batch) = try threeWrongOfTen()
    let targets = TargetChoice.random(seed: 9).targets(
      labels: batch.labels, imageIDs: batch.imageIDs, classCount: 4)
    for goal in [ThreatModel.Goal.untargeted, .targeted(targets)] {
      let model = ThreatModel(norm: .linf, epsilon: 0.1, goal: goal)
      func records(_ rows: [Int]) throws -> [AttackedImage] {
        try Evaluation(
          of: FastGradientSignMethod(), on: batch.selecting(rows), under: model.selecting(rows),
          classifier: classifier
        ).images
      }
      let together = try records(Array(0..<10))
      #expect(try records((0..<10).reversed()) == together.reversed())
      for row in 0..<10 { #expect(try records([row]) == [together[row]]) }
    }
  }

  @Test("An attack run here and its images judged later give the same record")
  func judgedLater() throws {
    let (classifier, batch) = try threeWrongOfTen()
    let model = ThreatModel(norm: .linf, epsilon: 0.1)
    let attack = FastGradientSignMethod()
    let perturbed = try attack.perturbedImages(for: batch, under: model, classifier: classifier)
    let here = try Evaluation(of: attack, on: batch, under: model, classifier: classifier)
    let later = try Evaluation(of: perturbed, on: batch, under: model, classifier: classifier)
    #expect(here.images == later.images && here.returnedImages == later.returnedImages)
  }

  @Test("A constant added to every logit changes no verdict and no image", arguments: [Float(-128), 64])
  func logitShift(constant: Float) throws {
    // Weights and pixels are multiples of 1/16, so that logits are exact with and without the constant.
    var generator = SeededGenerator(seed: 10)
    func sixteenths(_ count: Int, below limit: UInt64) -> [Float] {
      (0..<count).map { _ in Float(generator.next(upperBound: limit)) / 16 }
    }
    let classifier = LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [3, 16], elements: sixteenths(48, below: 33)),
      biases: [0, 0, 0])
    let images = Tensor(shape: [40, 1, 4, 4], elements: sixteenths(640, below: 17))
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    let batch = AttackBatch(images: images, labels: labels, imageIDs: Array(0..<40))
    let model = ThreatModel(norm: .linf, epsilon: 0.125)
    let attack = FastGradientSignMethod()
    let plain = try Evaluation(of: attack, on: batch, under: model, classifier: classifier)
    let shifted = try Evaluation(
      of: attack, on: batch, under: model, classifier: classifier.shifted(by: constant))
    #expect((1..<40).contains(plain.summary.success.count))
    #expect(shifted.images == plain.images)
    #expect(shifted.returnedImages == plain.returnedImages)
  }

  @Test("A larger budget never lowers success on a two-class linear classifier")
  func monotone() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 11)
    let batch = try AttackBatch.correct(count: 60, for: classifier, seed: 12)
    let counts = try (0...20).map { step in
      try Evaluation(
        of: FastGradientSignMethod(), on: batch, under: ThreatModel(norm: .linf, epsilon: Float(step) / 20),
        classifier: classifier
      ).summary.success.count
    }
    #expect(counts == counts.sorted())
    #expect(counts.first == 0 && counts.last == 60)
  }

  @Test("Images of the target class are skipped and leave the denominator")
  func alreadyTarget() throws {
    let (classifier, batch) = try threeWrongOfTen()
    let target = batch.labels[0]
    let targets = TargetChoice.fixed(target).targets(
      labels: batch.labels, imageIDs: batch.imageIDs, classCount: 4)
    let evaluation = try Evaluation(
      of: FastGradientSignMethod(), on: batch,
      under: ThreatModel(norm: .linf, epsilon: 1, goal: .targeted(targets)), classifier: classifier)
    let ofTarget = batch.labels.indices.filter { batch.labels[$0] == target && ![2, 5, 6].contains($0) }
    #expect(evaluation.summary.alreadyTargetCount == ofTarget.count && !ofTarget.isEmpty)
    #expect(evaluation.summary.success.total == 7 - ofTarget.count)
    for row in ofTarget { #expect(evaluation.images[row].verdict == .alreadyTarget) }
    for image in evaluation.images where image.verdict == .succeeded { #expect(image.after.label == target) }
  }

  /// Says 1 for pixels that no 8-bit file holds, and 0 for all others.
  private struct PlantedPoint: Classifier {
    let inputShape: ImageShape
    let point: [Float]
    var classCount: Int { 2 }

    func logits(of images: Tensor) throws -> Tensor {
      Tensor(
        shape: [images.count, 2],
        elements: (0..<images.count).flatMap {
          images[row: $0].elementsEqual(point) ? [0, 1] : [1, 0] as [Float]
        })
    }
  }

  @Test("A planted point is found adversarial, and lost when its pixels are rounded to 8 bits")
  func planted() throws {
    let point = (0..<16).map { (Float($0) + 0.4) / 255 }
    let classifier = PlantedPoint(inputShape: shape, point: point)
    let clean = Tensor(repeating: 0.5, shape: [2, 1, 4, 4])
    let batch = AttackBatch(images: clean, labels: [0, 0], imageIDs: [7, 8])
    var perturbed = clean
    perturbed[row: 1] = point[...]
    let evaluation = try Evaluation(
      of: PerturbedImages(images: perturbed), on: batch, under: ThreatModel(norm: .l2, epsilon: .infinity),
      classifier: classifier)
    #expect(evaluation.images.map(\.verdict) == [.failed, .succeeded])
    #expect(evaluation.images.map(\.survives8Bit) == [nil, false])
    #expect(evaluation.summary.survival == Proportion(0, of: 1))
    // The same point on the grid survives.
    let stored = (0..<16).map { Float($0) / 255 }
    perturbed[row: 1] = stored[...]
    let onGrid = try Evaluation(
      of: PerturbedImages(images: perturbed), on: batch, under: ThreatModel(norm: .l2, epsilon: .infinity),
      classifier: PlantedPoint(inputShape: shape, point: stored))
    #expect(onGrid.images[1].survives8Bit == true)
  }

  @Test("Rounding to 8 bits goes to the nearest level and keeps what a PNG holds")
  func rounding() {
    let bytes = Tensor(shape: [256], elements: (0...255).map { Float($0) / 255 })
    #expect(Evaluation.rounded8Bit(bytes) == bytes)
    let between = Tensor(shape: [4], elements: [0.49 / 255, 0.51 / 255, -1, 2])
    #expect(Evaluation.rounded8Bit(between).elements == [0, 1 / 255, 0, 1])
  }

  @Test("A gradient of zero is recorded for the image it belongs to")
  func zeroGradients() throws {
    let (classifier, batch) = try threeWrongOfTen()
    let evaluation = try Evaluation(
      of: PerturbedImages(images: batch.images, zeroGradientRows: [1, 2, 9]), on: batch,
      under: ThreatModel(norm: .linf, epsilon: 0.1), classifier: classifier)
    // Row 2 was wrong before and is not counted as attacked.
    #expect(evaluation.images.indices.filter { evaluation.images[$0].hadZeroGradient } == [1, 9])
    #expect(evaluation.summary.zeroGradientCount == 2)
  }

  @Test("Pixels outside the bounds and pixels that are no number are refused by name")
  func refusals() throws {
    let (classifier, batch) = try threeWrongOfTen()
    let model = ThreatModel(norm: .linf, epsilon: 0.1)
    var broken = batch.images
    broken.elements[16 * 3 + 2] = .nan
    #expect(throws: EvaluationError.self) {
      try Evaluation(of: PerturbedImages(images: broken), on: batch, under: model, classifier: classifier)
    }
    broken.elements[16 * 3 + 2] = 254
    let bytes = AttackBatch(images: broken, labels: batch.labels, imageIDs: batch.imageIDs)
    #expect(throws: EvaluationError.pixelOutOfBounds(imageID: 103, value: 254, bounds: 0...1)) {
      try Evaluation(of: FastGradientSignMethod(), on: bytes, under: model, classifier: classifier)
    }
    #expect(
      "\(EvaluationError.pixelOutOfBounds(imageID: 103, value: 254, bounds: 0...1))"
        == "image 103 has a pixel of 254.0; expected pixels in 0.0…1.0")
  }

  @Test("No images, and none worth attacking, give rates without value")
  func empty() throws {
    let (classifier, batch) = try threeWrongOfTen()
    let model = ThreatModel(norm: .linf, epsilon: 0.1)
    let none = try Evaluation(
      of: FastGradientSignMethod(), on: batch.selecting([]), under: model, classifier: classifier)
    #expect(none.images.isEmpty && none.summary.success.value == nil)
    let wrong = try Evaluation(
      of: FastGradientSignMethod(), on: batch.selecting([2, 5]), under: model, classifier: classifier)
    #expect(wrong.summary.success == Proportion(0, of: 0))
    #expect(wrong.summary.cleanAccuracy == Proportion(0, of: 2))
  }
}
