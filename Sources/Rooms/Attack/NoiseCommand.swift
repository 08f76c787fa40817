import Adversarial
import ArgumentParser
import Commands

package struct NoiseCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "noise", abstract: "Random noise at the distance epsilon: the control of every attack.",
    discussion: "The network is not asked. What noise of the same size does, no attack has done.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  @Option(help: "gaussian, uniform or randomSign.")
  var kind: NoisePerturbation.Kind = .gaussian

  package init() {}

  package func run() throws {
    try attack.run(.noise(kind: kind), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}

extension NoisePerturbation.Kind: ExpressibleByArgument {}
