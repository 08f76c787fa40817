import ArgumentParser
import Commands

package struct MinimalFGSMCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "minimal-fgsm", abstract: "The smallest step along the sign of the gradient that is enough.",
    discussion:
      "Every multiple of the step is tried in turn: success is not monotone, so nothing is bisected.")

  @OptionGroup var attack: AttackOptions

  @Option(help: "How fine the search is; 0.01 or 1/255.")
  var step = Epsilon(argument: "1/255")!  // a number

  package init() {}

  package func validate() throws {
    try checkRadius(step, name: "--step")
    guard step.value > 0, step.value <= 1 else {
      throw ValidationError("--step must be above 0 and at most 1, got \(step.text)")
    }
  }

  package func run() throws {
    try attack.run(.minimalFastGradientSign(stepSize: step.value), norm: .linf, epsilon: nil)
  }
}
