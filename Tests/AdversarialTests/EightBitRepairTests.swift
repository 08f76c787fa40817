import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct EightBitRepairTests {
  let shape = ImageShape(channels: 1, height: 6, width: 6)

  /// Images on the lattice, and adversarial ones just across the boundary.
  ///
  /// - Parameter share: Of the images whose perturbation fits into the ball; `nil` for no ball.
  private func boundaryCase(_ norm: Norm, share: Double?) throws -> (
    classifier: LinearClassifier, batch: AttackBatch, evaluation: Evaluation
  ) {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let any = try AttackBatch.correct(count: 60, for: classifier, in: 0.4...0.6, seed: 2)
    let images = Evaluation.rounded8Bit(any.images)
    let logits = try classifier.logits(of: images)
    let labels = Prediction.rows(of: logits).map(\.label)
    let batch = AttackBatch(images: images, labels: labels, imageIDs: any.imageIDs)
    let difference = zip(classifier.weights[row: 1], classifier.weights[row: 0]).map { $0 - $1 }
    var perturbed = images
    var lengths: [Double] = []
    for row in 0..<60 {
      let slopes = labels[row] == 0 ? difference : difference.map { -$0 }
      let unit = try #require(AscentDirection(along: slopes, in: norm))
      let margin = abs(Double(logits[row: row].first!) - Double(logits[row: row].last!))
      let length = 1.0001 * margin / slopes.reduce(0) { $0 + Double($1) * unit($1) }
      lengths.append(length)
      perturbed[row: row] = ArraySlice(
        zip(images[row: row], slopes).map { Float(Double($0) + length * unit($1)) })
    }
    let epsilon = share.map { Float(Statistics.quantile($0, ofSorted: lengths.sorted())!) } ?? .infinity
    let evaluation = try Evaluation(
      of: PerturbedImages(images: perturbed), on: batch, under: ThreatModel(norm: norm, epsilon: epsilon),
      classifier: classifier)
    return (classifier, batch, evaluation)
  }

  @Test(
    "Without a budget every success that rounding undoes is repaired by a little",
    arguments: [Norm.l2, .linf])
  func repaired(norm: Norm) throws {
    let (classifier, batch, evaluation) = try boundaryCase(norm, share: nil)
    let repair = try EightBitRepair(of: evaluation, on: batch, classifier: classifier)
    #expect(evaluation.summary.success.count == 60)
    #expect(repair.survived == evaluation.summary.survival)
    #expect((10...50).contains(repair.survived.count))
    #expect(repair.saved == Proportion(60, of: 60))
    let labels = Prediction.rows(of: try classifier.logits(of: repair.images)).map(\.label)
    for row in 0..<60 {
      #expect(labels[row] != batch.labels[row])
      #expect(repair.images[row: row].allSatisfy { $0 == ($0 * 255).rounded() / 255 && (0...1).contains($0) })
      // Rounding moves each pixel by half a level at most, and few are pushed by one.
      let extra = try #require(repair.distortions[row]).l2 - evaluation.images[row].distortion.l2
      #expect(extra < 6 * 1.5 / 255)
    }
  }

  @Test(
    "Repairs stay inside the ball, and where it holds no lattice point that fools, the success is lost",
    arguments: [Norm.l2, .linf, .l1])
  func ball(norm: Norm) throws {
    let (classifier, batch, evaluation) = try boundaryCase(norm, share: 0.7)
    let repair = try EightBitRepair(of: evaluation, on: batch, classifier: classifier)
    let model = evaluation.threatModel
    var counts: [EightBitRepair.Outcome: Int] = [:]
    for row in 0..<60 {
      guard let outcome = repair.outcomes[row] else {
        #expect(repair.images[row: row] == batch.images[row: row] && repair.distortions[row] == nil)
        continue
      }
      counts[outcome, default: 0] += 1
      switch outcome {
      case .survived: #expect(evaluation.images[row].survives8Bit == true)
      case .repaired:
        let length = model.length(
          zip(repair.images[row: row], batch.images[row: row]).map { Double($0) - Double($1) })
        #expect(length <= Double(model.epsilon) + model.tolerance(pixelCount: 36))
        #expect(evaluation.images[row].survives8Bit == false)
      case .lost: #expect(repair.images[row: row] == batch.images[row: row])
      }
    }
    #expect(counts[.repaired, default: 0] > 3)
    #expect((30..<60).contains(evaluation.summary.success.count))
  }

  @Test("Nothing to save gives no outcomes")
  func nothing() throws {
    let (classifier, batch, _) = try boundaryCase(.l2, share: nil)
    let evaluation = try Evaluation(
      of: PerturbedImages(images: batch.images), on: batch, under: ThreatModel(norm: .l2, epsilon: 1),
      classifier: classifier)
    let repair = try EightBitRepair(of: evaluation, on: batch, classifier: classifier)
    #expect(repair.outcomes.allSatisfy { $0 == nil } && repair.saved == Proportion(0, of: 0))
    #expect(repair.images == batch.images)
  }

  @Test(
    "An image that rounding carries out of the ball is brought back by the pixel that matters least, then pushed"
  )
  func returned() throws {
    // In levels: (4.4, 13.6) with z₁ = 1 · 4.4 + 0.1 · 13.6 − 5.7 > 0 rounds to (4, 14), too long and on the wrong
    // side; (5, 13) is shorter and on the right one.
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 1, width: 2),
      weights: Tensor(shape: [2, 2], elements: [0, 0, 255, 25.5]), biases: [0, -5.7])
    let batch = AttackBatch(images: Tensor(shape: [1, 1, 1, 2]), labels: [0], imageIDs: [0])
    let perturbed = Tensor(shape: [1, 1, 1, 2], elements: [4.4 / 255, 13.6 / 255])
    let evaluation = try Evaluation(
      of: PerturbedImages(images: perturbed), on: batch,
      under: ThreatModel(norm: .l2, epsilon: 14.3 / 255), classifier: classifier)
    let repair = try EightBitRepair(of: evaluation, on: batch, classifier: classifier)
    #expect(evaluation.images[0].survives8Bit == false)
    #expect(repair.outcomes == [.repaired])
    #expect(repair.images.elements == [5 / 255, 13 / 255])
  }
}
