import Adversarial
import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Lab

/// Where every attack arrives after a few steps on a classifier that is the same to the last digit everywhere: a schedule,
/// a step or a seed that changes moves an image.
@Suite struct AttackTrajectoryTests {
  private static let methods: [AttackMethod] =
    AttackKind.allCases.map(AttackMethod.init(defaultsOf:)).map { method in
      switch method {
      // Too few steps to converge: then every one of them counts.
      case .projectedGradientDescent:
        .projectedGradientDescent(stepCount: 7, relativeStepSize: nil, restartCount: 1, loss: .crossEntropy)
      case .autoPGD: .autoPGD(objective: .crossEntropy, stepCount: 9, restartCount: 1)
      case .carliniWagner:
        .carliniWagner(confidence: 0, searchStepCount: 3, iterationCount: 20, learningRate: 0.01)
      case .decoupledDirectionNorm: .decoupledDirectionNorm(stepCount: 9, rounding: .none)
      case .fastMinimumNorm: .fastMinimumNorm(stepCount: 9)
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
      for norm in method.kind.norms {
        let radius: Float =
          switch norm {
          case .l0: 3
          case .l1: 0.5
          case .l2: 0.2
          case .linf: 0.05
          }
        let evaluation = try Evaluation(
          of: method.attack(seed: 7, workerCount: 1), on: batch,
          under: ThreatModel(norm: norm, epsilon: method.kind.search == .budget ? radius : .infinity),
          classifier: classifier)
        pin.add(
          "\(method.kind.rawValue), \(norm.rawValue)",
          evaluation.images.map { image in
            guard let moved = image.attemptDistortion else { return "\(image.verdict)" }
            return "\(image.verdict) " + String(format: "%.4g %.4g %.4g", moved.l1, moved.l2, moved.linf)
          })
      }
    }
    try pin.expect("attack-trajectories")
  }
}
