import Adversarial
import ArgumentParser
import Commands

package struct FiniteDifferencesCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "finite-differences",
    abstract: "The gradient found one pixel at a time, by queries.",
    discussion: "Bhagoji et al. (2018). A step costs a query for each pixel and channel, and one more.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var queries: QueryOptions

  @Option(help: "Steps; the slopes of all pixels are found again for each.")
  var steps = 1

  @Option(help: "How far a pixel is moved to find its slope.")
  var offset = 0.01

  package init() {}

  package func validate() throws {
    try checkCount(steps)
    guard offset >= FiniteDifferences.leastOffset, offset <= 1 else {
      throw ValidationError("--offset must be between \(FiniteDifferences.leastOffset) and 1, got \(offset)")
    }
  }

  package func run() throws {
    try attack.run(
      .finiteDifferences(stepCount: steps, offset: offset, queryLimit: queries.queries), norm: budget.norm,
      epsilon: budget.epsilon.value)
  }
}
