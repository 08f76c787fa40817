import Adversarial
import ArgumentParser
import Commands

package struct PGDCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "pgd", abstract: "Projected gradient descent from random starts in the ball.",
    discussion: "Madry et al. (2018). The best iterate is kept for each image, not the last.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  @Option(help: "Steps of each start.")
  var steps = 40

  @Option(help: "Length of a step as a fraction of epsilon. Default: 2.5 / steps.")
  var stepSize: Double?

  @Option(help: "Random starts; an image that was fooled is not started again.")
  var restarts = 1

  @Option(help: "What is raised: crossEntropy, margin or differenceOfLogitsRatio.")
  var loss: AttackLoss = .crossEntropy

  package init() {}

  package func validate() throws {
    try checkCount(steps)
    try checkCount(restarts, name: "--restarts")
    if let stepSize, !(stepSize > 0 && stepSize.isFinite) {
      throw ValidationError("--step-size must be positive, got \(stepSize)")
    }
  }

  package func run() throws {
    try attack.run(
      .projectedGradientDescent(
        stepCount: steps, relativeStepSize: stepSize, restartCount: restarts, loss: loss),
      norm: budget.norm, epsilon: budget.epsilon.value)
  }
}

extension AttackLoss: ExpressibleByArgument {}
