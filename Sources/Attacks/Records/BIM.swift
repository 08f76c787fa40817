import Adversarial
import ArgumentParser
import Commands

/// Small gradient steps from the image itself.
package struct BIMSettings: AttackSettings {
  package var stepCount = 10

  package static let card = AttackCard(
    name: "bim", recordedName: "basicIterative", title: "basic iterative method",
    abstract: "Basic iterative method: small gradient steps from the image itself.",
    paper: Paper(
      "kurakin2017adversarial", authors: "Kurakin, Alexey and Goodfellow, Ian and Bengio, Samy",
      title: "Adversarial examples in the physical world",
      venue: "International Conference on Learning Representations, Workshop", year: 2017,
      arXiv: "1607.02533"),
    goal: .maximalLoss, access: .whiteBox, norms: [.linf, .l2, .l1])

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack {
    ProjectedGradientDescent.basicIterative(stepCount: stepCount)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) steps of size ε / \(stepCount), each projected onto the ball and clipped; \(notation.loss)"
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<BIMSettings>

    @Option(help: ArgumentHelp("Number of steps, each of size ε / steps.", valueName: "N"))
    var steps = BIMSettings().stepCount

    package init() {}
    package func validate() throws { try checkCount(steps) }
    package var settings: BIMSettings { BIMSettings { $0.stepCount = steps } }
  }
}
