import ArgumentParser
import Intrigue

struct RotationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotation", abstract: "Turn the image by a small angle towards the gradient.",
    discussion: "Goodfellow, Shlens, Szegedy (2015), section 4, name it without a formula.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  func run() throws {
    try attack.run(.gradientRotation, norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
