import Adversarial
import Datasets
import Foundation
import Networks
import Privacy
import Tensors

/// What every network of an experiment on privacy is shown, and what is counted.
struct PrivacyBench {
  let dataset: Dataset
  /// Held-out images to attack.
  let batch: AttackBatch
  /// Training images whose membership is asked for, as many as there are held-out ones.
  let members: [Int]
  /// In L2, of robust accuracy.
  let radius: Double
  let seed: UInt64
  let workerCount: Int
  let listener: PoolListener

  /// Images attacked before the next word of progress; enough to keep every worker busy.
  private static let portion = 128

  init(
    _ dataset: Dataset, imageCount: Int?, radius: Double, seed: UInt64, workerCount: Int,
    progress: @escaping ProgressHandler
  ) throws {
    self.dataset = dataset
    let images = dataset.heldOut
    let numbers = try images.numbers(drawing: imageCount, seed: seed, progress)
    batch = AttackBatch(
      images: images.tensor(of: numbers), labels: numbers.map { images.labels[$0] }, imageIDs: numbers)
    var generator = SeededGenerator(seed: seed, purpose: "members asked for")
    members = generator.sample(min(images.count, dataset.training.count), of: dataset.training.count)
      .sorted()
    (self.radius, self.seed, self.workerCount) = (radius, seed, workerCount)
    listener = PoolListener(progress)
  }

  func measure(
    _ model: Model, _ arm: PrivacyArm, seed networkSeed: UInt64, account: PrivacyAccount?,
    imagesSeen: Int? = nil
  ) throws -> PrivacyMeasurement {
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let attack = AttackInPortions(attack: DecoupledDirectionNorm(), portion: Self.portion) {
      try listener.tell($0)
    }
    let evaluation = try Evaluation(
      of: attack, on: batch, under: ThreatModel(norm: .l2, epsilon: .infinity),
      classifier: ListeningClassifier(base: engine, listener: listener))
    let right = evaluation.images.filter { $0.verdict != .alreadyWrong }
    let curve = RobustAccuracyCurve(minimalDistances: evaluation.images, norm: .l2)
    let known = try judge(engine, dataset.training.selecting(members))
    let others = try judge(engine, dataset.heldOut)
    return PrivacyMeasurement(
      arm: arm, seed: networkSeed, modelChecksum: try model.checksum, accuracy: others.accuracy,
      trainingAccuracy: known.accuracy,
      medianDistance: DistortionSummary(of: evaluation.images, measure: .l2)?.median,
      fooled: Proportion(right.count { $0.verdict == .succeeded }, of: right.count),
      robust: curve.accuracy(at: radius),
      membership: MembershipAttack(memberLosses: known.losses, otherLosses: others.losses, seed: seed),
      account: account, imagesSeen: imagesSeen)
  }

  private func judge(_ engine: Engine, _ images: LabelledImages) throws -> (
    losses: [Double], accuracy: Proportion
  ) {
    let logits = try engine.logits(of: images)
    let losses = images.labels.enumerated().map { row, label in
      CrossEntropy.loss(logits: logits[row: row].span, label: label)
    }
    let right = Prediction.rows(of: logits).enumerated().count { $1.label == images.labels[$0] }
    return (losses, Proportion(right, of: images.count))
  }
}
