import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// An attack for the smallest perturbation, with a norm that it measures by.
struct MinimalAttackCase: Sendable, CustomTestStringConvertible {
  let attack: any Attack
  let norm: Norm

  var testDescription: String { "\(attack.name) \(norm)" }

  /// Every attack, in every norm.
  static let all: [MinimalAttackCase] =
    [
      MinimalAttackCase(attack: BoxLBFGSAttack(), norm: .l2),
      MinimalAttackCase(attack: DeepFool(), norm: .l2),
      MinimalAttackCase(attack: DeepFool(), norm: .linf),
      MinimalAttackCase(attack: CarliniWagnerL2(iterationCount: 200, learningRate: 0.1), norm: .l2),
      MinimalAttackCase(attack: DecoupledDirectionNorm(), norm: .l2),
      MinimalAttackCase(attack: DecoupledDirectionNorm(rounding: .eightBits), norm: .l2),
      MinimalAttackCase(attack: MinimalFastGradientSign(), norm: .linf),
    ] + Norm.allCases.map { MinimalAttackCase(attack: FastMinimumNorm(), norm: $0) }

  func model(_ goal: ThreatModel.Goal = .untargeted) -> ThreatModel {
    ThreatModel(norm: norm, epsilon: .infinity, goal: goal)
  }

  func proposal(
    for batch: AttackBatch, _ goal: ThreatModel.Goal = .untargeted,
    classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try attack.perturbedImages(for: batch, under: model(goal), classifier: classifier)
  }

  func distances(_ images: Tensor, from batch: AttackBatch) -> [Double] {
    (0..<batch.count).map { row in
      norm.length(of: zip(images[row: row], batch.images[row: row]).map { Double($0) - Double($1) })
    }
  }
}

extension AttackBatch {
  /// Images of which two thirds of the pixels are exactly 0 or 1, labelled by the classifier itself.
  static func saturated(count: Int, for classifier: some Classifier, seed: UInt64) throws -> AttackBatch {
    let plain = try correct(count: count, for: classifier, seed: seed)
    var generator = SeededGenerator(seed: seed, purpose: "saturated pixels")
    var images = plain.images
    for index in images.elements.indices {
      let draw = generator.next(upperBound: 3 as UInt64)
      if draw < 2 { images.elements[index] = Float(draw) }
    }
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    return AttackBatch(images: images, labels: labels, imageIDs: plain.imageIDs)
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard let upper = sorted.dropFirst(sorted.count / 2).first else { return .nan }
  return sorted.count.isMultiple(of: 2) ? (sorted[sorted.count / 2 - 1] + upper) / 2 : upper
}
