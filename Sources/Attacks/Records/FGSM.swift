import Adversarial
import ArgumentParser
import Tensors

/// One step along the gradient of the loss at the true class, or down that at the target.
///
/// The evaluation attacks only images that the classifier gets right, so the true class is its prediction too: no label
/// leaks that the network has not found by itself.
package struct FGSMSettings: AttackSettings {
  package static let card = AttackCard(
    name: "fgsm", recordedName: "fastGradientSign", title: "fast gradient sign method",
    abstract: "Fast gradient sign method: one step along the sign of the loss gradient.",
    paper: .explainingAndHarnessing, goal: .maximalLoss, access: .whiteBox, norms: [.linf, .l2, .l1],
    isForTransfer: true)

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack { FastGradientSignMethod(lossLabel: .trueLabel) }

  package func title(_ norm: Norm) -> String { norm == .linf ? Self.card.heading : "Fast gradient method" }

  package func equation(_ notation: AttackNotation) -> String {
    let (sign, label) = (notation.sign, notation.label)
    let step =
      switch notation.norm {
      case .linf: "x′ = clip(x \(sign) ε · sign ∇ₓL(x, \(label)), 0, 1)"
      case .l0, .l1, .l2:
        "x′ = clip(x \(sign) ε · g / ‖g‖, 0, 1), ‖g‖ in \(notation.norm.symbol), g = ∇ₓL(x, \(label))"
      }
    return "\(step); \(notation.loss) Clipping can leave a pixel unchanged that was black or white."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<FGSMSettings>
    package init() {}
    package var settings: FGSMSettings { FGSMSettings() }
  }
}
