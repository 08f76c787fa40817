import ArgumentParser
import Commands

package struct FewPixelCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "few-pixel",
    abstract: "One pixel, or a few, found by differential evolution.",
    discussion:
      "Su, Vargas, Sakurai (2019). Sees scores. The paper has 400 candidates and 40,000 queries: --population 400 --queries 40000."
  )

  @OptionGroup var attack: AttackOptions
  @Option(help: "How many pixels may change, each in all its channels.")
  var pixels = 1

  @Option(help: "Candidates of a generation.")
  var population = 100

  @OptionGroup var queries: QueryOptions

  package init() {}

  package func validate() throws {
    guard (1...10_000).contains(pixels) else {
      throw ValidationError("--pixels must be between 1 and 10000, got \(pixels)")
    }
    guard (4...100_000).contains(population) else {
      throw ValidationError("--population must be between 4 and 100000, got \(population)")
    }
  }

  package func run() throws {
    try attack.run(
      .fewPixel(populationSize: population, queryLimit: queries.queries), norm: .l0, epsilon: Float(pixels))
  }
}
