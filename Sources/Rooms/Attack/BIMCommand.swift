import ArgumentParser
import Commands

package struct BIMCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "bim", abstract: "Basic iterative method: small gradient steps from the image itself.",
    discussion: "Kurakin, Goodfellow, Bengio (2017).")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  @Option(help: "Steps of epsilon / steps.")
  var steps = 10

  package init() {}

  package func validate() throws { try checkCount(steps) }

  package func run() throws {
    try attack.run(.basicIterative(stepCount: steps), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
