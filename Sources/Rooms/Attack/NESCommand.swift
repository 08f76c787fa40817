import ArgumentParser
import Commands

package struct NESCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "nes",
    abstract: "Natural evolution strategies: a gradient estimated from normal perturbations.",
    discussion: "Ilyas et al. (2018). Sees scores.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var estimate: EstimateOptions
  @OptionGroup var queries: QueryOptions

  package init() {}

  package func validate() throws { try EstimateOptions.check(queries: queries.queries) }

  package func run() throws {
    try attack.run(
      .naturalEvolution(
        sampleCount: estimate.samples, radius: estimate.radius, relativeStepSize: estimate.stepSize,
        queryLimit: queries.queries), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
