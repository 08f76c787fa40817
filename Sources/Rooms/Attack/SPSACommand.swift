import ArgumentParser
import Commands

package struct SPSACommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "spsa",
    abstract: "Simultaneous perturbation: a gradient estimated by moving all pixels at once.",
    discussion: "Uesato et al. (2018). Sees scores. Steps are those of Adam.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions
  @OptionGroup var estimate: EstimateOptions
  @OptionGroup var queries: QueryOptions

  package init() {}

  package func validate() throws { try EstimateOptions.check(queries: queries.queries) }

  package func run() throws {
    try attack.run(
      .simultaneousPerturbation(
        sampleCount: estimate.samples, radius: estimate.radius, relativeStepSize: estimate.stepSize,
        queryLimit: queries.queries), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
