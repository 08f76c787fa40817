import Adversarial
import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Attacks

/// Where every attack arrives after a few steps on a classifier that is the same to the last digit everywhere: a schedule,
/// a step or a seed that changes moves an image.
@Suite struct AttackTrajectoryTests {
  private static let methods: [AttackMethod] =
    AttackCard.all.map(AttackMethod.init(defaultsOf:)).map { method in
      // Too few steps to converge: then every one of them counts.
      switch method.settings {
      case is PGDSettings: AttackMethod(PGDSettings { $0.stepCount = 7 })
      case is APGDSettings: AttackMethod(APGDSettings { $0.stepCount = 9 })
      case is CarliniWagnerSettings:
        AttackMethod(CarliniWagnerSettings { ($0.searchStepCount, $0.iterationCount) = (3, 20) })
      case is DDNSettings: AttackMethod(DDNSettings { $0.stepCount = 9 })
      case is FMNSettings: AttackMethod(FMNSettings { $0.stepCount = 9 })
      default: method.limited(toQueries: 150)
      }
    }

  @Test("Distances of the proposals, to four digits")
  func distances() throws {
    let shape = ImageShape(channels: 1, height: 4, width: 4)
    let classifier = LinearClassifier(inputShape: shape, classCount: 3, seed: 9)
    var generator = SeededGenerator(seed: 4, purpose: "images of trajectories")
    let count = 4
    let images = Tensor(
      shape: [count, 1, 4, 4],
      elements: (0..<count * shape.pixelCount).map { _ in Float(0.2 + 0.6 * generator.uniform()) })
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    let batch = AttackBatch(images: images, labels: labels, imageIDs: Array(0..<count))
    var pin = Pin()
    for method in Self.methods {
      for norm in method.card.norms {
        let radius: Float =
          switch norm {
          case .l0: 3
          case .l1: 0.5
          case .l2: 0.2
          case .linf: 0.05
          }
        let evaluation = try Evaluation(
          of: method.attack(seed: 7, workerCount: 1), on: batch,
          under: ThreatModel(norm: norm, epsilon: method.card.hasBudget ? radius : .infinity),
          classifier: classifier)
        pin.add(
          "\(method.card.name), \(norm.rawValue)",
          evaluation.images.map { image in
            guard let moved = image.attemptDistortion else { return "\(image.verdict)" }
            return "\(image.verdict) " + String(format: "%.4g %.4g %.4g", moved.l1, moved.l2, moved.linf)
          })
      }
    }
    try pin.expect("attack-trajectories")
  }
}
