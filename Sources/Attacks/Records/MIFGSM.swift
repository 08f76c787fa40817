import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

/// Steps along a running sum of gradients.
package struct MIFGSMSettings: AttackSettings {
  package var stepCount = 10
  /// The fraction of the sum that is left at each step.
  package var decay = 1.0

  package static let card = AttackCard(
    name: "mi-fgsm", recordedName: "momentumIterative", title: "momentum iterative method",
    abstract: "Momentum iterative method: steps along a running sum of gradients.",
    discussion: "Its adversarial examples transfer to other networks more often.",
    paper: Paper(
      "dong2018boosting",
      authors:
        "Dong, Yinpeng and Liao, Fangzhou and Pang, Tianyu and Su, Hang and Zhu, Jun and Hu, Xiaolin and Li, Jianguo",
      title: "Boosting adversarial attacks with momentum",
      venue: "IEEE Conference on Computer Vision and Pattern Recognition", year: 2018, arXiv: "1710.06081"),
    goal: .maximalLoss, access: .whiteBox, norms: [.linf, .l2, .l1], isForTransfer: true)

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack {
    MomentumIterative(stepCount: stepCount, decay: decay)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) steps along a running sum of gradients (decay \(Numbers.plain(decay))), each projected and clipped; "
      + notation.loss
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<MIFGSMSettings>

    @Option(help: ArgumentHelp("Number of steps, each of size ε / steps.", valueName: "N"))
    var steps = MIFGSMSettings().stepCount

    @Option(help: ArgumentHelp("Decay factor of the sum of gradients.", valueName: "FACTOR"))
    var decay = MIFGSMSettings().decay

    package init() {}

    package func validate() throws {
      try checkCount(steps)
      try requireNotNegative("--decay", decay)
    }

    package var settings: MIFGSMSettings { MIFGSMSettings { ($0.stepCount, $0.decay) = (steps, decay) } }
  }
}
