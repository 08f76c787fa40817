import Adversarial
import ArgumentParser
import Commands
import Tensors

package struct DeepFoolCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "deepfool", abstract: "DeepFool: steps to the nearest face of the linearised network.",
    discussion: "Moosavi-Dezfooli, Fawzi, Frossard (2016). L2 and L∞.")

  @OptionGroup var attack: AttackOptions

  @Option(help: "What measures the perturbation: l2 or linf.")
  var norm: Norm = .l2

  @Option(help: "Steps at most.")
  var steps = 50

  @Option(help: "By how much the perturbation is stretched beyond the face.")
  var overshoot = 0.02

  package init() {}

  package func validate() throws {
    try checkCount(steps)
    guard (1e-4...10).contains(overshoot) else {
      throw ValidationError("--overshoot must be between 0.0001 and 10, got \(overshoot)")
    }
  }

  package func run() throws {
    try attack.run(.deepFool(stepLimit: steps, overshoot: overshoot), norm: norm, epsilon: nil)
  }
}
