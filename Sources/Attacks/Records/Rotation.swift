import Adversarial
import ArgumentParser

/// The image turned by a small angle towards the gradient.
package struct RotationSettings: AttackSettings {
  package static let card = AttackCard(
    name: "rotation", recordedName: "gradientRotation", title: "rotation towards the gradient",
    abstract: "Rotate the image vector by a small angle towards the gradient.",
    discussion: "Section 4 of the paper mentions it without a formula.",
    paper: .explainingAndHarnessing, goal: .maximalLoss, access: .whiteBox, norms: [.linf, .l2, .l1])

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack { GradientRotation() }

  package func equation(_ notation: AttackNotation) -> String {
    "x′ = clip(cos θ · x + sin θ · ‖x‖ g⊥ / ‖g⊥‖), θ as large as ε allows; g⊥: the component of the gradient orthogonal to x."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<RotationSettings>
    package init() {}
    package var settings: RotationSettings { RotationSettings() }
  }
}
