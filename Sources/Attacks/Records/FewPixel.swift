import Adversarial
import ArgumentParser
import Commands

/// One pixel, or a few, found by differential evolution.
package struct FewPixelSettings: QuerySettings {
  package var populationSize = 100
  package var queryLimit = 5000

  package static let card = AttackCard(
    name: "few-pixel", recordedName: "fewPixel", title: "few pixels by differential evolution",
    abstract: "Change one pixel, or a few, found by differential evolution.",
    discussion:
      "The paper uses 400 candidates and 40,000 queries: --population 400 --queries 40000.",
    paper: Paper(
      "su2019one", authors: "Su, Jiawei and Vargas, Danilo Vasconcellos and Sakurai, Kouichi",
      title: "One pixel attack for fooling deep neural networks",
      venue: "IEEE Transactions on Evolutionary Computation", isInJournal: true, year: 2019,
      arXiv: "1710.08864"),
    goal: .maximalLoss, access: .scoreBased, norms: FewPixelAttack.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    FewPixelAttack(populationSize: populationSize, queryLimit: queryLimit, seed: supplies.seed)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "differential evolution of pixels and their values, \(populationSize) candidates; at most \(queryLimit) queries; margin "
      + "\(notation.margin)."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: PixelOptions
    @OptionGroup var queries: QueryOptions<FewPixelSettings>

    @Option(help: ArgumentHelp("Number of candidates per generation.", valueName: "N"))
    var population = FewPixelSettings().populationSize

    package init() {}
    package func validate() throws { try require("--population", population, in: 4...100_000) }

    package var settings: FewPixelSettings {
      FewPixelSettings { ($0.populationSize, $0.queryLimit) = (population, queries.queries) }
    }
  }
}
