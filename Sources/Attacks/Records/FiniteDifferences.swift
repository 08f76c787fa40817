import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

/// The gradient found one pixel at a time, by queries.
package struct FiniteDifferencesSettings: QuerySettings {
  package var stepCount = 1
  /// How far a pixel is moved to find its slope.
  package var offset = 0.01
  package var queryLimit = 5000

  package static let card = AttackCard(
    name: "finite-differences", recordedName: "finiteDifferences",
    title: "finite differences, pixel by pixel",
    abstract: "Estimate the gradient one pixel at a time, by queries.",
    discussion: "A step costs a query for each pixel and channel, and one more.",
    paper: Paper(
      "bhagoji2018practical", authors: "Bhagoji, Arjun Nitin and He, Warren and Li, Bo and Song, Dawn",
      title: "Practical black-box attacks on deep neural networks using efficient query mechanisms",
      venue: "European Conference on Computer Vision", year: 2018, arXiv: "1712.09491"),
    goal: .maximalLoss, access: .scoreBased, norms: FiniteDifferences.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    FiniteDifferences(stepCount: stepCount, offset: offset, queryLimit: queryLimit, seed: supplies.seed)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) \(stepCount == 1 ? "step" : "steps") along the slopes of the margin, each found by moving its pixel by "
      + "\(Numbers.plain(offset)); at most \(queryLimit) queries; margin \(notation.margin)."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<FiniteDifferencesSettings>
    @OptionGroup var queries: QueryOptions<FiniteDifferencesSettings>

    @Option(
      help: ArgumentHelp("Number of steps; all slopes are estimated anew for each.", valueName: "N"))
    var steps = FiniteDifferencesSettings().stepCount

    @Option(
      help: ArgumentHelp(
        "Distance by which a pixel is moved to estimate its slope; pixels lie in [0, 1].",
        valueName: "DISTANCE"))
    var offset = FiniteDifferencesSettings().offset

    package init() {}

    package func validate() throws {
      try checkCount(steps)
      try require("--offset", offset, in: FiniteDifferences.leastOffset...1)
    }

    package var settings: FiniteDifferencesSettings {
      FiniteDifferencesSettings {
        ($0.stepCount, $0.offset, $0.queryLimit) = (steps, offset, queries.queries)
      }
    }
  }
}
