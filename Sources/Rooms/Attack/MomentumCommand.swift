import ArgumentParser
import Commands

package struct MomentumCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "mi-fgsm", abstract: "Momentum iterative method: steps along a running sum of gradients.",
    discussion: "Dong et al. (2018). Its images fool other networks more often.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  @Option(help: "Steps of epsilon / steps.")
  var steps = 10

  @Option(help: "What is left of the sum at each step.")
  var decay = 1.0

  package init() {}

  package func validate() throws {
    try checkCount(steps)
    guard decay >= 0, decay.isFinite else {
      throw ValidationError("--decay must not be negative, got \(decay)")
    }
  }

  package func run() throws {
    try attack.run(
      .momentumIterative(stepCount: steps, decay: decay), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
