import ArgumentParser
import Commands

package struct SquareCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "square",
    abstract: "Square attack: random search with squares that shrink, and no gradient.",
    discussion: "Andriushchenko et al. (2020). Sees scores.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var queries: QueryOptions

  package init() {}

  package func run() throws {
    try attack.run(
      .square(queryLimit: queries.queries), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
