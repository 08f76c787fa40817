import ArgumentParser
import Commands

package struct FGSMCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fgsm",
    abstract: "Fast gradient sign method: one step along the sign of the loss gradient.",
    discussion: """
      Goodfellow, Shlens, Szegedy (2015).

      Leaves adversarial.png (clean image, perturbation, perturbed image, with predictions), adversarial/ (one PNG \
      for each adversarial image of that sheet, at its own size), triptychs/ (the sheet's images enlarged), \
      adversarial.npy and image_ids.npy (all images), results.csv (a row for each) and run.json.
      """)

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  package init() {}

  package func run() throws {
    try attack.run(.fastGradientSign, norm: budget.norm, epsilon: budget.epsilon.value)
  }
}
