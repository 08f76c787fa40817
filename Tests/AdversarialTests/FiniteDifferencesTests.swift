import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct FiniteDifferencesTests {
  private let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 2, height: 3, width: 3), classCount: 2, seed: 2)

  @Test(
    "On a linear classifier one step is the fast gradient method, at d + 2 queries",
    arguments: [Norm.linf, .l2])
  func linear(norm: Norm) throws {
    // Of two classes the margin and the cross-entropy have the same direction.
    let batch = try AttackBatch.saturated(count: 30, for: classifier, seed: 5)
    let model = ThreatModel(norm: norm, epsilon: norm == .linf ? 0.2 : 0.6)
    let found = try Evaluation(
      of: FiniteDifferences(queryLimit: 1000), on: batch, under: model, classifier: classifier)
    let known = try Evaluation(of: FastGradientSignMethod(), on: batch, under: model, classifier: classifier)
    #expect(found.images.map(\.verdict) == known.images.map(\.verdict))
    #expect(known.summary.success.count > 5 && known.summary.success.count < 30)
    for row in 0..<30 where found.images[row].verdict == .succeeded {
      let difference = zip(found.returnedImages[row: row], known.returnedImages[row: row]).map {
        abs($0 - $1)
      }
      // Slopes are differences of Floats; only the L2 step knows their size.
      #expect(difference.max()! < 1e-4)
      #expect(found.images[row].queries?.queryCount == 18 + 2)
    }
  }

  @Test("With few queries some pixels are asked about and the others stay")
  func few() throws {
    let batch = try AttackBatch.correct(count: 200, for: classifier, in: 0.3...0.7, seed: 5)
    let result = try FiniteDifferences(queryLimit: 7, seed: 1).perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: 0.25), blackBox: classifier)
    var moved = Set<Int>()
    // Others were fooled by the move of a single pixel that was to tell its slope.
    for row in 0..<200 where result.traces?[row].firstSuccess == 7 {
      let pixels = (0..<18).filter {
        result.images[row: row][row * 18 + $0] != batch.images[row: row][row * 18 + $0]
      }
      // One query for the image, one for the verdict: five are left for pixels.
      #expect(pixels.count == 5)
      moved.formUnion(pixels)
    }
    #expect(moved.count > 10)
  }

  @Test("More steps fool more of a network")
  func steps() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 40)
    let model = ThreatModel(norm: .linf, epsilon: 0.3)
    let (one, ten) = try (
      Evaluation(of: FiniteDifferences(queryLimit: 5000), on: batch, under: model, classifier: engine),
      Evaluation(
        of: FiniteDifferences(stepCount: 10, queryLimit: 5000), on: batch, under: model, classifier: engine)
    )
    #expect(ten.summary.success.count > one.summary.success.count && one.summary.success.count > 0)
  }

  @Test("A pixel that cannot show its move has no slope, and the others step")
  func invisible() throws {
    // In a box of 0 to 1000 the smallest move is lost in a pixel of 900 and not in one of 1.
    let two = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 1, width: 2),
      weights: Tensor(shape: [2, 2], elements: [1000, 1000, 0, 0]), biases: [-900_900, 0])
    let batch = AttackBatch(
      images: Tensor(shape: [1, 1, 1, 2], elements: [900, 1]), labels: [0], imageIDs: [0])
    let result = try FiniteDifferences(offset: FiniteDifferences.leastOffset).perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: 200, bounds: 0...1000), blackBox: two)
    #expect(result.images.elements.allSatisfy { $0.isFinite })
  }
}
