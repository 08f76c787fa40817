import Adversarial
import ArgumentParser
import Commands

/// Gradient steps on a sphere that shrinks and grows.
package struct DDNSettings: AttackSettings {
  package var stepCount = 100
  package var rounding = DecoupledDirectionNorm.Rounding.none

  package static let card = AttackCard(
    name: "ddn", recordedName: "decoupledDirectionNorm", title: "decoupled direction and norm",
    abstract: "Decoupled direction and norm: gradient steps on a sphere that shrinks and grows.",
    paper: Paper(
      "rony2019decoupling",
      authors: #"Rony, J{\'e}r{\^o}me and Hafemann, Luiz G. and Oliveira, Luiz S. and Ben Ayed, Ismail "#
        + "and Sabourin, Robert and Granger, Eric",
      title:
        "Decoupling direction and norm for efficient gradient-based {L2} adversarial attacks and defenses",
      venue: "IEEE Conference on Computer Vision and Pattern Recognition", year: 2019, arXiv: "1811.09600"),
    goal: .smallestPerturbation, access: .whiteBox, norms: DecoupledDirectionNorm.supportedNorms,
    isForTransfer: true)

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack {
    DecoupledDirectionNorm(stepCount: stepCount, rounding: rounding)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) gradient steps on a sphere that shrinks after a success and grows after a failure"
      + (rounding == .none ? "" : ", rounded to 256 levels") + "; \(notation.loss)"
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: OneNorm<DDNSettings>

    @Option(help: ArgumentHelp("Number of gradient steps.", valueName: "N"))
    var steps = DDNSettings().stepCount

    @Flag(
      help: "Round to the 256 levels of an 8-bit file at each step, so that what is found survives as a PNG.")
    var eightBits = false

    package init() {}
    package func validate() throws { try checkCount(steps) }

    package var settings: DDNSettings {
      DDNSettings { ($0.stepCount, $0.rounding) = (steps, eightBits ? .eightBits : .none) }
    }
  }
}
