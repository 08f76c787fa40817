import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

/// Steps to the nearest face of the linearised network.
package struct DeepFoolSettings: AttackSettings {
  package var stepLimit = 50
  package var overshoot = 0.02

  package static let card = AttackCard(
    name: "deepfool", recordedName: "deepFool", title: "DeepFool",
    abstract: "DeepFool: steps to the nearest decision boundary of the linearised network.",
    paper: Paper(
      "moosavi2016deepfool",
      authors: "Moosavi-Dezfooli, Seyed-Mohsen and Fawzi, Alhussein and Frossard, Pascal",
      title: "{DeepFool}: A simple and accurate method to fool deep neural networks",
      venue: "IEEE Conference on Computer Vision and Pattern Recognition", year: 2016, arXiv: "1511.04599"),
    goal: .smallestPerturbation, access: .whiteBox, norms: DeepFool.supportedNorms, isForTransfer: true)

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack {
    DeepFool(stepLimit: stepLimit, overshoot: overshoot)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "steps to the nearest decision boundary of the linearised network, then (1 + \(Numbers.plain(overshoot))) r; r: the sum "
      + "of the steps."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: NormOptions<DeepFoolSettings>

    @Option(help: ArgumentHelp("Largest number of steps.", valueName: "N"))
    var steps = DeepFoolSettings().stepLimit

    @Option(
      help: ArgumentHelp(
        "Fraction by which the perturbation is extended beyond the boundary.", valueName: "FRACTION"))
    var overshoot = DeepFoolSettings().overshoot

    package init() {}

    package func validate() throws {
      try checkCount(steps)
      try require("--overshoot", overshoot, in: 1e-4...10)
    }

    package var settings: DeepFoolSettings {
      DeepFoolSettings { ($0.stepLimit, $0.overshoot) = (steps, overshoot) }
    }
  }
}
