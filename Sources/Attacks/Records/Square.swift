import Adversarial
import ArgumentParser

/// Random search with squares that shrink, and no gradient.
package struct SquareSettings: QuerySettings {
  package var queryLimit = 5000

  package static let card = AttackCard(
    name: "square", recordedName: "square", title: "square attack",
    abstract: "Square attack: random search with shrinking squares, without gradients.",
    paper: Paper(
      "andriushchenko2020square",
      authors: "Andriushchenko, Maksym and Croce, Francesco and Flammarion, Nicolas and Hein, Matthias",
      title: "Square Attack: a query-efficient black-box adversarial attack via random search",
      venue: "European Conference on Computer Vision", year: 2020, arXiv: "1912.00049"),
    goal: .maximalLoss, access: .scoreBased, norms: SquareAttack.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    SquareAttack(queryLimit: queryLimit, seed: supplies.seed)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "random search with squares that shrink; at most \(queryLimit) queries; margin \(notation.margin)."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<SquareSettings>
    @OptionGroup var queries: QueryOptions<SquareSettings>

    package init() {}
    package var settings: SquareSettings { SquareSettings { $0.queryLimit = queries.queries } }
  }
}
