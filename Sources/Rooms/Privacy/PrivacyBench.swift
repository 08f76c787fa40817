import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Privacy
import Tensors
import TrainRoom

/// What every network of an experiment on privacy is shown, and what is counted.
struct PrivacyBench {
  let dataset: Dataset
  /// Held-out images to attack.
  let batch: AttackBatch
  /// In L2, of robust accuracy.
  let radius: Double
  let workerCount: Int
  let listener: ProgressListener

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
    (self.radius, self.workerCount) = (radius, workerCount)
    listener = ProgressListener(progress)
  }

  /// Training images whose membership is asked for, of those that the network saw: as many as there are held-out ones.
  /// Drawn with the network's seed, so that networks do not share the error of one draw.
  private func members(of seen: [Int], seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed, purpose: "members asked for")
    return generator.sample(min(dataset.heldOut.count, seen.count), of: seen.count).map { seen[$0] }.sorted()
  }

  /// - Parameter stopped: Of a network that was stopped: what it saw.
  func measure(
    _ model: Model, _ arm: PrivacyArm, seed networkSeed: UInt64, account: PrivacyAccount?,
    stopped: StoppedEarly.Seen? = nil
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
    let robustImages = evaluation.images.filter { $0.adversarialDistance(in: .l2) > radius }.map(\.imageID)
    let known = try judge(
      engine,
      dataset.training.selecting(
        members(of: stopped?.images ?? Array(0..<dataset.training.count), seed: networkSeed)))
    let others = try judge(engine, dataset.heldOut)
    return PrivacyMeasurement(
      arm: arm, seed: networkSeed, modelChecksum: try model.checksum, accuracy: others.accuracy,
      trainingAccuracy: known.accuracy,
      medianDistance: DistortionSummary(of: evaluation.images, measure: .l2)?.median,
      fooled: Proportion(right.count { $0.verdict == .succeeded }, of: right.count),
      robust: curve.accuracy(at: radius), robustImages: robustImages,
      membership: Self.membership(known.losses, others.losses, seed: networkSeed),
      account: account, imagesSeen: stopped?.count)
  }

  static func membership(_ members: [Double], _ others: [Double], seed: UInt64) -> MembershipAttack? {
    guard members.count >= 2, others.count >= 2, !(members + others).contains(where: \.isNaN) else {
      return nil
    }
    return MembershipAttack(memberLosses: members, otherLosses: others, seed: seed)
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
