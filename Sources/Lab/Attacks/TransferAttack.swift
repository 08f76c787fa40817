import Adversarial
import Networks
import Tensors

/// The attacks whose images are handed to other networks.
public enum TransferAttack: String, CaseIterable, Codable, Sendable {
  // With a budget: L∞ up to ε.
  case fgsm
  case pgd
  case mifgsm = "mi-fgsm"
  // For the smallest perturbation, in L2.
  case lbfgs
  case deepfool
  case ddn

  /// Whether it looks for the smallest perturbation rather than spending a budget.
  public var isMinimal: Bool {
    switch self {
    case .fgsm, .pgd, .mifgsm: false
    case .lbfgs, .deepfool, .ddn: true
    }
  }

  public var norm: Norm { isMinimal ? .l2 : .linf }

  /// For headings.
  public var words: String {
    switch self {
    case .fgsm: "fast gradient sign method"
    case .pgd: "projected gradient descent"
    case .mifgsm: "momentum iterative method"
    case .lbfgs: "box-constrained L-BFGS"
    case .deepfool: "DeepFool"
    case .ddn: "decoupled direction and norm"
    }
  }

  /// Kinds of noise beside it. The sign method's own control has the same step in every pixel.
  package var noise: [NoisePerturbation.Kind] { isMinimal ? [.gaussian] : [.gaussian, .randomSign] }

  package func attack(seed: UInt64, workerCount: Int) -> any Attack {
    switch self {
    case .fgsm: FastGradientSignMethod()
    case .pgd: ProjectedGradientDescent(start: .random(restartCount: 1, seed: seed))
    case .mifgsm: MomentumIterative()
    case .lbfgs: BoxLBFGSAttack(workerCount: workerCount)
    case .deepfool: DeepFool()
    case .ddn: DecoupledDirectionNorm()
    }
  }

  package func threatModel(epsilon: Float, goal: ThreatModel.Goal) -> ThreatModel {
    ThreatModel(norm: norm, epsilon: isMinimal ? .infinity : epsilon, goal: goal)
  }
}

/// An attack on some images after the other, so that it tells how far it is and can be stopped.
///
/// A proposal depends on its own image alone, so the result is that of the whole batch at once.
package struct AttackInPortions: Attack {
  package let attack: any Attack
  package let portion: Int
  package let progress: ProgressHandler

  package init(attack: any Attack, portion: Int, progress: @escaping ProgressHandler) {
    self.attack = attack
    self.portion = portion
    self.progress = progress
  }

  package var name: String { attack.name }

  package func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    var images = batch.images
    var zeroGradientRows: [Int] = []
    for start in stride(from: 0, to: batch.count, by: portion) {
      try progress(.step(done: start, total: batch.count, unit: "images"))
      let rows = Array(start..<min(start + portion, batch.count))
      let part = try attack.perturbedImages(
        for: batch.selecting(rows), under: threatModel.selecting(rows), classifier: classifier)
      for (place, row) in rows.enumerated() { images[row: row] = part.images[row: place] }
      zeroGradientRows += part.zeroGradientRows.map { rows[$0] }
    }
    try progress(.step(done: batch.count, total: batch.count, unit: "images"))
    return PerturbedImages(images: images, zeroGradientRows: zeroGradientRows)
  }
}
