import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Tensors

/// What one network stands: corruptions, and attacks. Kept as a file of its folder.
public struct ShiftedNetwork: Codable, Sendable {
  /// Accuracy under one corruption.
  public struct Corrupted: Codable, Equatable, Sendable {
    public var kind: Corruption.Kind
    public var severity: Int
    public var right: Proportion
  }

  public var recipe: ShiftRecipe
  /// Of initial weights, shuffling and everything else random in training: networks of one seed begin alike.
  public var seed: UInt64
  public var modelChecksum: String
  /// Of the images that are corrupted, as they are.
  public var clean: Proportion
  /// Every kind at the severities 1 to 5.
  public var corrupted: [Corrupted]
  /// Numbers of the attacked images.
  public var attackedNumbers: [Int]
  /// Distance in L2 to the nearest adversarial image found, of each attacked image: 0 where the network is wrong anyway,
  /// nil where none was found.
  public var distances: [Double?]
  /// Of the attacked images, those right at ε whichever attack was tried.
  public var robust: Proportion
  /// Attacked images whose gradient was zero: many are a sign of masking, not of robustness.
  public var zeroGradientCount: Int

  static let severities = 1...5

  /// Mean accuracy over all kinds and severities, or over some kinds.
  public func accuracy(under kinds: [Corruption.Kind] = Corruption.Kind.allCases) -> Double {
    let wanted = corrupted.filter { kinds.contains($0.kind) }
    return wanted.reduce(0) { $0 + ($1.right.value ?? 0) } / Double(max(wanted.count, 1))
  }

  /// Of the images that are right without an attack; those never fooled count as farther than all others.
  ///
  /// - Returns: `nil` where no image is right, or half of them or more were never fooled.
  public var medianDistance: Double? {
    let values = distances.filter { $0 != 0 }.map { $0 ?? .infinity }
    return Statistics.quantile(0.5, ofSorted: values.sorted()).flatMap { $0.isFinite ? $0 : nil }
  }
}

/// Everything but data and model that decides a ``ShiftedNetwork``.
struct ShiftSettings: Codable, Equatable, Sendable {
  var recipe: ShiftRecipe
  var imageCount: Int?
  var attackedNumbers: [Int]
  var epsilon: Double
  var stepCount: Int
  /// Of the experiment: draws images and corruptions.
  var seed: UInt64
}

/// Measures networks on one set of images.
struct ShiftMeasurement: Sendable {
  let images: LabelledImages
  /// Corrupted ones.
  let numbers: [Int]
  /// Of these, drawn at random too.
  let attackedNumbers: [Int]
  let settings: ShiftSettings
  let workerCount: Int

  func measure(
    _ engine: Engine, modelChecksum: String, seed: UInt64, _ progress: @escaping ProgressHandler
  ) throws -> ShiftedNetwork {
    let listener = ProgressListener(progress)
    let kinds = Corruption.Kind.allCases
    let total = 1 + kinds.count * ShiftedNetwork.severities.count
    func right(_ corruption: Corruption?) throws -> Proportion {
      var count = 0
      for rows in Workers.pieces(of: numbers.count, length: Self.portion) {
        let chosen = Array(numbers[rows])
        let shown =
          corruption.map {
            images.tensor(of: chosen, corruptedBy: $0, seed: settings.seed, workerCount: workerCount)
          } ?? images.tensor(of: chosen)
        let predictions = Prediction.rows(of: try engine.logits(of: shown))
        count += zip(predictions, chosen).count { $0.label == images.labels[$1] }
      }
      return Proportion(count, of: numbers.count)
    }
    let clean = try right(nil)
    var corrupted: [ShiftedNetwork.Corrupted] = []
    for kind in kinds {
      for severity in ShiftedNetwork.severities {
        corrupted.append(
          .init(
            kind: kind, severity: severity,
            right: try right(Corruption(kind, severity: Double(severity)))))
        try listener.tell(.step(done: 1 + corrupted.count, total: total, unit: "corruptions"))
      }
    }
    let attacked = try attack(engine, listener)
    return ShiftedNetwork(
      recipe: settings.recipe, seed: seed, modelChecksum: modelChecksum, clean: clean,
      corrupted: corrupted, attackedNumbers: attackedNumbers, distances: attacked.distances,
      robust: attacked.robust,
      zeroGradientCount: attacked.zeroGradientCount)
  }

  /// DDN for the distance; at ε the verdict of projected gradient descent joins it.
  private func attack(
    _ engine: Engine, _ listener: ProgressListener
  ) throws -> (distances: [Double?], robust: Proportion, zeroGradientCount: Int) {
    let batch = AttackBatch(
      images: images.tensor(of: attackedNumbers), labels: attackedNumbers.map { images.labels[$0] },
      imageIDs: attackedNumbers)
    let classifier = ListeningClassifier(base: engine, listener: listener)
    func evaluation(_ attack: some Attack, _ epsilon: Float) throws -> Evaluation {
      try Evaluation(
        of: AttackInPortions(attack: attack, portion: 64) { try listener.tell($0) }, on: batch,
        under: ThreatModel(norm: .l2, epsilon: epsilon), classifier: classifier)
    }
    let nearest = try evaluation(DecoupledDirectionNorm(stepCount: settings.stepCount), .infinity).images
    let within = try evaluation(
      ProjectedGradientDescent(
        stepCount: settings.stepCount, start: .random(restartCount: 1, seed: settings.seed)),
      Float(settings.epsilon)
    ).images
    let distances = nearest.map { image -> Double? in
      let distance = image.adversarialDistance(in: .l2)
      return distance.isFinite ? distance : nil
    }
    let robust = zip(distances, within).count { distance, image in
      image.verdict == .failed && (distance ?? .infinity) > settings.epsilon
    }
    return (
      distances, Proportion(robust, of: batch.count), nearest.count(where: \.hadZeroGradient)
    )
  }

  private static let portion = 512
}
