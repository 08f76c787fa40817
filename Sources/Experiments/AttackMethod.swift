import Adversarial
import Tensors

/// Which attack an experiment runs, with its settings.
public enum AttackMethod: String, Codable, Equatable, Sendable {
  /// One step along the gradient of the loss at the true class, or down that at the target.
  ///
  /// The evaluation attacks only images that the classifier gets right, so the true class is its prediction too:
  /// no label leaks that the network has not found by itself.
  case fastGradientSign = "fgsm"

  var attack: any Attack {
    switch self {
    case .fastGradientSign: FastGradientSignMethod(lossLabel: .trueLabel)
    }
  }

  /// What a figure calls it. Without the sign there is no sign in the name.
  func title(_ norm: Norm) -> String {
    switch self {
    case .fastGradientSign:
      switch norm {
      case .linf: "Fast gradient sign method"
      case .l0: "Fast gradient method in L₀"
      case .l1: "Fast gradient method in L₁"
      case .l2: "Fast gradient method in L₂"
      }
    }
  }

  /// The equation, with its letters explained.
  func equation(_ norm: Norm, isTargeted: Bool) -> String {
    switch self {
    case .fastGradientSign:
      let (sign, label) = isTargeted ? ("−", "t") : ("+", "y")
      let letters =
        "L: cross-entropy, \(isTargeted ? "t: target class" : "y: true class"). "
        + "Where a pixel was black or white already, clip may leave it as it was."
      return switch norm {
      case .linf: "x′ = clip(x \(sign) ε · sign ∇ₓL(x, \(label)), 0, 1); \(letters)"
      case .l0: "x′ is not defined for a count of pixels; \(letters)"
      case .l1: "x′ = clip(x \(sign) ε · g / ‖g‖₁, 0, 1), g = ∇ₓL(x, \(label)); \(letters)"
      case .l2: "x′ = clip(x \(sign) ε · g / ‖g‖₂, 0, 1), g = ∇ₓL(x, \(label)); \(letters)"
      }
    }
  }
}
