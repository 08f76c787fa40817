import Adversarial
import ArgumentParser
import Commands
import Tensors

package struct HopSkipJumpCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "hop-skip-jump",
    abstract: "HopSkipJump: estimates the direction of the boundary from labels alone.",
    discussion:
      "Chen, Jordan, Wainwright (2020). It begins at noise, or else at a training image of another class.")

  @OptionGroup var attack: AttackOptions
  @Option(help: "What measures the perturbation: l2 or linf.")
  var norm: Norm = .l2

  @Option(help: "Queries of the first estimate; later ones take more.")
  var samples = 100

  @OptionGroup var queries: QueryOptions

  package init() {}

  package func validate() throws {
    guard (2...10_000).contains(samples) else {
      throw ValidationError("--samples must be between 2 and 10000, got \(samples)")
    }
  }

  package func run() throws {
    try attack.run(
      .hopSkipJump(sampleCount: samples, queryLimit: queries.queries), norm: norm, epsilon: nil)
  }
}
