import ArgumentParser
import Intrigue

struct BIMCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bim", abstract: "Basic iterative method: small gradient steps from the image itself.",
    discussion: "Kurakin, Goodfellow, Bengio (2017).")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var budget: BudgetOptions

  @Option(help: "Steps of epsilon / steps.")
  var steps = 10

  func validate() throws { try check(steps: steps) }

  func run() throws {
    try attack.run(.basicIterative(stepCount: steps), norm: budget.norm, epsilon: budget.epsilon.value)
  }
}

/// - Throws: A sentence for people where there is no step or too many.
func check(steps: Int, name: String = "--steps") throws {
  guard (1...1_000_000).contains(steps) else {
    throw ValidationError("\(name) must be between 1 and 1000000, got \(steps)")
  }
}
