import ArgumentParser
import Commands
import Tensors

package struct FMNCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fmn",
    abstract: "Fast minimum norm: gradient steps in a ball whose radius follows the boundary.",
    discussion: "Pintor et al. (2021). L0, L1, L2 and L∞.")

  @OptionGroup var attack: AttackOptions

  @Option(help: "What measures the perturbation: l0, l1, l2 or linf.")
  var norm: Norm = .l2

  @Option(help: "Gradient steps.")
  var steps = 100

  package init() {}

  package func validate() throws { try checkCount(steps) }

  package func run() throws { try attack.run(.fastMinimumNorm(stepCount: steps), norm: norm, epsilon: nil) }
}
