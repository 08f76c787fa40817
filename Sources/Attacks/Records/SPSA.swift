import Adversarial
import Figures
import Lab

/// A gradient estimated by moving all pixels at once; steps are those of Adam.
package struct SPSASettings: EstimateSettings {
  package var sampleCount = 100
  package var radius = 0.05
  package var relativeStepSize = 0.1
  package var queryLimit = 5000

  package typealias Options = EstimateOptions<SPSASettings>

  package static let card = AttackCard(
    name: "spsa", recordedName: "simultaneousPerturbation", title: "simultaneous perturbation",
    abstract: "Simultaneous perturbation: a gradient estimated by moving all pixels at once.",
    discussion: "Steps are those of Adam.",
    paper: Paper(
      "uesato2018adversarial",
      authors: "Uesato, Jonathan and O'Donoghue, Brendan and van den Oord, Aaron and Kohli, Pushmeet",
      title: "Adversarial risk and the dangers of evaluating against weak attacks",
      venue: "International Conference on Machine Learning", year: 2018, arXiv: "1802.05666"),
    goal: .maximalLoss, access: .scoreBased, norms: EstimatedAscent.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    EstimatedAscent(
      .spsa, sampleCount: sampleCount, radius: radius, relativeStepSize: relativeStepSize,
      queryLimit: queryLimit, seed: supplies.seed)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "Adam along a gradient estimated from \(sampleCount) queries, all pixels moved by ±\(Numbers.plain(radius)); at most "
      + "\(queryLimit) queries; margin \(notation.margin)."
  }
}
