import Adversarial
import ArgumentParser
import Commands

/// The direction of the boundary estimated from labels alone.
package struct HopSkipJumpSettings: QuerySettings {
  /// Queries of the first estimate; later ones take more.
  package var sampleCount = 100
  package var queryLimit = 5000

  package static let card = AttackCard(
    name: "hop-skip-jump", recordedName: "hopSkipJump", title: "HopSkipJump",
    abstract: "HopSkipJump: estimate the direction of the decision boundary from labels alone.",
    discussion: "Starts from noise, or else from a training image of another class.",
    paper: Paper(
      "chen2020hopskipjump", authors: "Chen, Jianbo and Jordan, Michael I. and Wainwright, Martin J.",
      title: "HopSkipJumpAttack: a query-efficient decision-based attack",
      venue: "IEEE Symposium on Security and Privacy", year: 2020, arXiv: "1904.02144"),
    goal: .smallestPerturbation, access: .decisionBased, norms: HopSkipJump.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    HopSkipJump(
      sampleCount: sampleCount, queryLimit: queryLimit, seed: supplies.seed,
      startingImages: supplies.startingImages)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "jumps along the direction of the boundary, estimated from \(sampleCount) labels at first and then from more, each "
      + "bisected back; at most \(queryLimit) queries."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: NormOptions<HopSkipJumpSettings>
    @OptionGroup var queries: QueryOptions<HopSkipJumpSettings>

    @Option(help: ArgumentHelp("Queries of the first estimate; later ones take more.", valueName: "N"))
    var samples = HopSkipJumpSettings().sampleCount

    package init() {}
    package func validate() throws { try require("--samples", samples, in: 2...10_000) }

    package var settings: HopSkipJumpSettings {
      HopSkipJumpSettings { ($0.sampleCount, $0.queryLimit) = (samples, queries.queries) }
    }
  }
}
