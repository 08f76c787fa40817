import ArgumentParser
import Commands

package struct DDNCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "ddn",
    abstract: "Decoupled direction and norm: gradient steps on a sphere that shrinks and grows.",
    discussion: "Rony et al. (2019). L2.")

  @OptionGroup var attack: AttackOptions

  @Option(help: "Gradient steps.")
  var steps = 100

  @Flag(help: "Round to the 256 levels of an 8-bit file at each step: what is found survives as a PNG.")
  var eightBits = false

  package init() {}

  package func validate() throws { try checkCount(steps) }

  package func run() throws {
    try attack.run(
      .decoupledDirectionNorm(stepCount: steps, rounding: eightBits ? .eightBits : .none), norm: .l2,
      epsilon: nil)
  }
}
