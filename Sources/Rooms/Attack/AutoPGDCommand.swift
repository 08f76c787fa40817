import ArgumentParser
import Commands
import Lab

package struct AutoPGDCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "apgd", abstract: "Auto-PGD: projected steps whose length needs no tuning.",
    discussion: "Croce, Hein (2020). L∞ and L2.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  @Option(
    help:
      "What is raised: ce (cross-entropy), dlr (difference-of-logits ratio) or targets (that ratio towards each of the nine most likely classes)."
  )
  var objective: AttackMethod.AutoPGDObjective = .crossEntropy

  @Option(help: "Steps of each start.")
  var steps = 100

  @Option(help: "Random starts.")
  var restarts = 1

  package init() {}

  package func validate() throws {
    try checkCount(steps)
    try checkCount(restarts, name: "--restarts")
    if objective == .targets, attack.targeted != nil {
      throw ValidationError("--objective targets chooses its own: it takes no --targeted")
    }
  }

  package func run() throws {
    try attack.run(
      .autoPGD(objective: objective, stepCount: steps, restartCount: restarts), norm: budget.norm,
      epsilon: budget.epsilon.value)
  }
}

extension AttackMethod.AutoPGDObjective: ExpressibleByArgument {}
