import ArgumentParser
import Commands
import Foundation

package struct LinearityCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "linearity",
    abstract:
      "Is it linearity that makes small steps dangerous? Logits on straight lines, and what dimension does.",
    discussion: """
      Goodfellow, Shlens, Szegedy (2015), sections 3 and 5 and figure 4: the logits along x + ε sign ∇ₓL, how many straight \
      pieces explain them, how far the derivative reaches, what more pixels do at the same ε, and the logistic regression \
      in which the fast gradient sign method is exact.

      Leaves figures/, lines.csv, local.csv, sizes.csv and run.json.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(help: "Draw so many held-out images; those classified correctly are measured.")
  var count = 100

  @Option(help: "The held-out image on the figure, by number. Default: the first that is measured.")
  var image: Int?

  @Option(help: "ε runs from minus this to this.")
  var range = 15.0

  @Option(help: "Points on a line: an odd number.")
  var steps = 121

  @Option(help: "Sides of the resized images, separated by commas.")
  var sizes = "7,14,28,56"

  @Flag(help: "Train no networks on resized images.")
  var noSizes = false

  @Option(
    help:
      "Two classes of the logistic regression, by number. Default: 3,7, or the two with the most images where the data do not have both."
  )
  var pair: String?

  private static let usualPair = "3,7"

  @Flag(help: "Leave the logistic regression out.")
  var noPair = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1, got \(count)") }
    if let image, image < 0 { throw ValidationError("--image must not be negative, got \(image)") }
    guard range > 0, range.isFinite else { throw ValidationError("--range must be positive, got \(range)") }
    guard (11...10_001).contains(steps), steps % 2 == 1 else {
      throw ValidationError(
        "--steps must be an odd number from 11 to 10001, so that 0 is one of them, got \(steps)")
    }
    if try Self.numbers(sizes, option: "--sizes").contains(where: { !(2...512).contains($0) }) {
      throw ValidationError("--sizes takes sides from 2 to 512, got \(sizes)")
    }
    let classes = try Self.numbers(pair ?? Self.usualPair, option: "--pair")
    guard classes.count == 2, classes[0] != classes[1], classes.allSatisfy({ $0 >= 0 }) else {
      throw ValidationError("--pair takes two different classes, for example 3,7, got \(pair ?? "")")
    }
  }

  private static func numbers(_ text: String, option: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Int(part) else {
        throw ValidationError("\(option) takes whole numbers separated by commas, got \(text)")
      }
      return number
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(default: "linearity-\(data.shortName)")
    let experiment = LinearityExperiment(
      LinearityExperiment.Configuration(
        model: model.source, data: data, imageCount: count, figureImage: image,
        range: range, stepCount: steps, sides: noSizes ? [] : try Self.numbers(sizes, option: "--sizes"),
        pair: noPair ? nil : try Self.numbers(pair ?? Self.usualPair, option: "--pair"), seed: common.seed),
      isPairGiven: pair != nil, workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    let pictures =
      ["line.png", "pieces.png", "local.png"] + (noSizes ? [] : ["sizes.png"])
      + (results.pair == nil ? [] : ["weights.png"])
    try console.report(
      results,
      lines: results.sentences + [
        "look at    \(folder.file("figures").relativePath)/: \(pictures.joined(separator: ", "))",
        "numbers    \(folder.file("lines.csv").relativePath), local.csv" + (noSizes ? "" : ", sizes.csv"),
      ])
  }
}
