import Adversarial
import ArgumentParser
import Commands

/// Gradient steps in a ball whose radius follows the boundary.
package struct FMNSettings: AttackSettings {
  package var stepCount = 100

  package static let card = AttackCard(
    name: "fmn", recordedName: "fastMinimumNorm", title: "fast minimum norm",
    abstract: "Fast minimum norm: gradient steps in a ball whose radius follows the decision boundary.",
    paper: Paper(
      "pintor2021fast",
      authors: "Pintor, Maura and Roli, Fabio and Brendel, Wieland and Biggio, Battista",
      title: "Fast minimum-norm adversarial attacks through adaptive norm constraints",
      venue: "Advances in Neural Information Processing Systems", year: 2021, arXiv: "2102.12827"),
    goal: .smallestPerturbation, access: .whiteBox, norms: [.l2, .linf, .l1, .l0])

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack { FastMinimumNorm(stepCount: stepCount) }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) gradient steps in a ball whose radius follows the boundary; margin \(notation.margin)."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: NormOptions<FMNSettings>

    @Option(help: ArgumentHelp("Number of gradient steps.", valueName: "N"))
    var steps = FMNSettings().stepCount

    package init() {}
    package func validate() throws { try checkCount(steps) }
    package var settings: FMNSettings { FMNSettings { $0.stepCount = steps } }
  }
}
