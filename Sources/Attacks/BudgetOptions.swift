import Adversarial
import ArgumentParser
import Commands
import Tensors

/// How large an attack's perturbation may be, and what measures it, as its command is told.
package protocol AttackBudget: ParsableArguments {
  var norm: Norm { get }
  /// nil: the attack looks for the smallest perturbation.
  var epsilon: Float? { get }
  /// For an example of the command.
  static var example: String { get }
}

/// A radius that the user must give, in one of the attack's norms.
package struct EpsilonOptions<Settings: AttackSettings>: AttackBudget {
  @Option(
    name: .customLong("epsilon"),
    help: ArgumentHelp(
      "Budget ε: the largest \(Settings.norms) of the perturbation; pixels lie in [0, 1]; 0.1 or 8/255.",
      valueName: "EPSILON"))
  package var radius: Epsilon

  @Option(
    help: ArgumentHelp("Norm of the perturbation: \(Settings.normList).", valueName: "NORM"))
  package var norm: Norm = Settings.card.norms[0]

  package init() {}

  package func validate() throws {
    try checkRadius(radius)
    try Settings.check(norm)
    if norm == .linf, radius.value > 1 {
      throw ValidationError(
        "--epsilon is measured in pixels from 0 to 1, got \(radius.text); did you mean \(radius.text)/255?")
    }
  }

  package var epsilon: Float? { radius.value }
  package static var example: String { " --epsilon 8/255" }
}

/// A number of pixels, in all their channels.
package struct PixelOptions: AttackBudget {
  @Option(help: ArgumentHelp("Number of pixels that may change, each in all its channels.", valueName: "N"))
  var pixels = 1

  package init() {}

  package func validate() throws { try require("--pixels", pixels, in: 1...10_000) }

  package var norm: Norm { .l0 }
  package var epsilon: Float? { Float(pixels) }
  package static var example: String { " --pixels 3" }
}

/// No budget, and a choice of norms.
package struct NormOptions<Settings: AttackSettings>: AttackBudget {
  @Option(
    help: ArgumentHelp(
      "Norm of the perturbation, which is made as small as possible: \(Settings.normList).", valueName: "NORM"
    ))
  package var norm: Norm = Settings.card.norms[0]

  package init() {}

  package func validate() throws { try Settings.check(norm) }

  package var epsilon: Float? { nil }
  package static var example: String { "" }
}

/// No budget, and one norm: there is nothing to choose.
package struct OneNorm<Settings: AttackSettings>: AttackBudget {
  package init() {}

  package var norm: Norm { Settings.card.norms[0] }
  package var epsilon: Float? { nil }
  package static var example: String { "" }
}

extension AttackSettings {
  /// `ℓ∞, ℓ2 or ℓ1 norm`.
  fileprivate static var norms: String { card.norms.map(\.symbol).listed("or") + " norm" }
  /// `linf, l2 or l1`.
  fileprivate static var normList: String { card.norms.map(\.rawValue).listed("or") }

  fileprivate static func check(_ norm: Norm) throws {
    guard card.norms.contains(norm) else {
      throw ValidationError(
        "\(card.name) is not defined for --norm \(norm.rawValue): expected \(normList)")
    }
  }
}

extension [String] {
  /// `linf, l2 or l1`.
  func listed(_ word: String) -> String {
    guard let last, count > 1 else { return joined() }
    return dropLast().joined(separator: ", ") + " \(word) \(last)"
  }
}
