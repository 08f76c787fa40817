import Adversarial
import Figures
import Lab

/// A gradient estimated from normal perturbations.
package struct NESSettings: EstimateSettings {
  package var sampleCount = 100
  package var radius = 0.05
  package var relativeStepSize = 0.1
  package var queryLimit = 5000

  package typealias Options = EstimateOptions<NESSettings>

  package static let card = AttackCard(
    name: "nes", recordedName: "naturalEvolution", title: "natural evolution strategies",
    abstract: "Natural evolution strategies: a gradient estimated from normal perturbations.",
    paper: Paper(
      "ilyas2018blackbox",
      authors: "Ilyas, Andrew and Engstrom, Logan and Athalye, Anish and Lin, Jessy",
      title: "Black-box adversarial attacks with limited queries and information",
      venue: "International Conference on Machine Learning", year: 2018, arXiv: "1804.08598"),
    goal: .maximalLoss, access: .scoreBased, norms: EstimatedAscent.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    EstimatedAscent(
      .nes, sampleCount: sampleCount, radius: radius, relativeStepSize: relativeStepSize,
      queryLimit: queryLimit, seed: supplies.seed)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "steps along a gradient estimated from \(sampleCount) queries, normal perturbations of standard deviation "
      + "\(Numbers.plain(radius)); at most \(queryLimit) queries; margin \(notation.margin)."
  }
}
