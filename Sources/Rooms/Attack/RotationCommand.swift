import ArgumentParser
import Commands

package struct RotationCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "rotation", abstract: "Turn the image by a small angle towards the gradient.",
    discussion: "Goodfellow, Shlens, Szegedy (2015), section 4, name it without a formula.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  package init() {}

  package func run() throws {
    try attack.run(.gradientRotation, norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
