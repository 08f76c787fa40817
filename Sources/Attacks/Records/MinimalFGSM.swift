import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

/// The smallest step along the sign of the gradient that is enough.
package struct MinimalFGSMSettings: AttackSettings {
  package var stepSize: Float = 1 / 255

  package static let card = AttackCard(
    name: "minimal-fgsm", recordedName: "minimalFastGradientSign",
    title: "minimal fast gradient sign method",
    abstract: "The smallest step along the sign of the gradient that succeeds.",
    discussion:
      "Every multiple of the step is tried in turn: success is not monotone, so nothing is bisected.",
    paper: .explainingAndHarnessing, goal: .smallestPerturbation, access: .whiteBox,
    norms: MinimalFastGradientSign.supportedNorms)

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack { MinimalFastGradientSign(stepSize: stepSize) }

  package func equation(_ notation: AttackNotation) -> String {
    "the smallest k · \(Numbers.epsilon(stepSize)) along the sign of the gradient that succeeds; \(notation.loss)"
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: OneNorm<MinimalFGSMSettings>

    @Option(help: ArgumentHelp("Resolution of the search; 0.01 or 1/255.", valueName: "EPSILON"))
    var step = Epsilon(MinimalFGSMSettings().stepSize)

    package init() {}

    package func validate() throws {
      try checkRadius(step, name: "--step")
      guard step.value > 0, step.value <= 1 else {
        throw ValidationError("--step must be above 0 and at most 1, got \(step.text)")
      }
    }

    package var settings: MinimalFGSMSettings { MinimalFGSMSettings { $0.stepSize = step.value } }
  }
}
