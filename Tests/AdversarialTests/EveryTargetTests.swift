import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct EveryTargetTests {
  let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 1, height: 3, width: 3), classCount: 4, seed: 1)

  /// Ten images, of which two are wrong without help.
  private func batch() throws -> AttackBatch {
    let right = try AttackBatch.correct(count: 10, for: classifier, seed: 2)
    let labels = right.labels.enumerated().map { [3, 7].contains($0) ? ($1 + 1) % 4 : $1 }
    return AttackBatch(images: right.images, labels: labels, imageIDs: right.imageIDs)
  }

  @Test("Every right image makes a pair with each of the other classes, and wrong ones make none")
  func pairs() throws {
    let batch = try batch()
    let every = try EveryTarget(of: DecoupledDirectionNorm(), on: batch, norm: .l2, classifier: classifier)
    #expect(every.pairs.count == 8 * 3 && every.alreadyWrongCount == 2)
    #expect(every.reached.total == 24)
    for row in 0..<10 where ![3, 7].contains(row) {
      let targets = every.pairs.filter { $0.imageID == batch.imageIDs[row] }.map(\.target)
      #expect(targets == (0..<4).filter { $0 != batch.labels[row] })
    }
    let byTarget = (0..<4).map { every.reached(target: $0) }
    #expect(byTarget.reduce(0) { $0 + $1.count } == every.reached.count)
    #expect(byTarget.reduce(0) { $0 + $1.total } == 24)
    #expect(every.distortions.count == every.reached.count)
  }

  @Test("Each pair is what the evaluation with that target says, and only the observer sees images")
  func sameAsEvaluation() throws {
    let batch = try batch()
    var seen: [Int] = []
    let every = try EveryTarget(of: BoxLBFGSAttack(), on: batch, norm: .l2, classifier: classifier) {
      target, evaluation in
      seen.append(target)
      let alone = try Evaluation(
        of: BoxLBFGSAttack(), on: batch,
        under: ThreatModel(
          norm: .l2, epsilon: .infinity, goal: .targeted(Array(repeating: target, count: 10))),
        classifier: classifier)
      #expect(alone.images == evaluation.images && alone.returnedImages == evaluation.returnedImages)
    }
    #expect(seen == [0, 1, 2, 3])
    // The nearest of all targets is what an untargeted search by the same means proposes.
    let any = try Evaluation(
      of: BoxLBFGSAttack(), on: batch, under: ThreatModel(norm: .l2, epsilon: .infinity),
      classifier: classifier)
    let nearest = every.nearestOfEachImage
    let expected = any.images.filter { $0.verdict == .succeeded }
    #expect(nearest.map(\.imageID) == expected.map(\.imageID))
    #expect(nearest.map(\.distortion) == expected.map(\.distortion))
  }

  @Test("No images make no pairs and rates without value")
  func empty() throws {
    let every = try EveryTarget(
      of: DecoupledDirectionNorm(), on: batch().selecting([]), norm: .l2, classifier: classifier)
    #expect(every.pairs.isEmpty && every.reached.value == nil && every.nearestOfEachImage.isEmpty)
  }
}
