import ArgumentParser
import Commands
import Lab
import Networks

public struct LinearityOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "linearity",
    abstract: "Test the linear explanation of adversarial examples.",
    discussion: """
      Example: intrigue linearity output/mlp/model.safetensors --data mnist --count 100

      After Goodfellow, Shlens, Szegedy (2015), sections 3 and 5 and figure 4: the logits along x + ε sign ∇ₓL and along \
      random signs, the fit of piecewise-linear functions to them, the error of the linear approximation, the effect of the \
      number of pixels at the same ε, and logistic regression, for which the fast gradient sign method is exact.

      Leaves figures/, lines.csv, local.csv, sizes.csv and run.json.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Lines through images") var lines: Lines
  @OptionGroup(title: "Image size") var imageSizes: ImageSizes
  @OptionGroup(title: "Logistic regression") var regression: Regression
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Lines: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Number of held-out images to draw, a random sample; those classified correctly are measured.",
        valueName: "N"))
    var count = 100

    @Option(
      help: ArgumentHelp(
        "Number of the held-out image on the figure. Default: the first that is measured.", valueName: "N"))
    var image: Int?

    @Option(help: ArgumentHelp("Largest |ε| on a line.", valueName: "EPSILON"))
    var range = 15.0

    @Option(help: ArgumentHelp("Number of points on a line; odd.", valueName: "N"))
    var steps = 121

    func validate() throws {
      try requireCount("--count", count)
      if let image, image < 0 { throw ValidationError("--image must not be negative, got \(image)") }
      try requirePositive("--range", range)
      guard (11...10_001).contains(steps), steps % 2 == 1 else {
        throw ValidationError(
          "--steps must be an odd number from 11 to 10001, so that 0 is one of the points, got \(steps)")
      }
    }
  }

  struct ImageSizes: ParsableArguments {
    @Option(
      help: ArgumentHelp("Side lengths of the resized images, separated by commas.", valueName: "LIST"))
    var sizes = "7,14,28,56"

    @Flag(help: "Skip the networks trained on resized images.")
    var noSizes = false

    func validate() throws {
      if try LinearityOptions.numbers(sizes, option: "--sizes").contains(where: { !(2...512).contains($0) }) {
        throw ValidationError("--sizes takes side lengths from 2 to 512, got \(sizes)")
      }
    }

    var sides: [Int] {
      get throws { noSizes ? [] : try LinearityOptions.numbers(sizes, option: "--sizes") }
    }
  }

  struct Regression: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Two classes, by number, separated by a comma. Default: \(usualPair), or the two classes with the most images if the data lack one of these.",
        valueName: "LIST"))
    var pair: String?

    @Flag(help: "Skip the logistic regression.")
    var noPair = false

    private static let usualPair = "3,7"

    func validate() throws {
      let classes = try numbers
      guard classes.count == 2, classes[0] != classes[1], classes.allSatisfy({ $0 >= 0 }) else {
        throw ValidationError("--pair takes two different classes, for example 3,7, got \(pair ?? "")")
      }
    }

    private var numbers: [Int] {
      get throws { try LinearityOptions.numbers(pair ?? Self.usualPair, option: "--pair") }
    }

    /// The two classes; nil: skipped.
    var classes: [Int]? { get throws { noPair ? nil : try numbers } }
  }

  public init() {}

  private static func numbers(_ text: String, option: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Int(part) else {
        throw ValidationError("\(option) takes whole numbers separated by commas, got \(text)")
      }
      return number
    }
  }

  private var data: DataSource { get throws { try dataOptions.source(for: model.source) } }

  public var folderName: String { get throws { "linearity-\(try data.shortName)" } }

  public func experiment() throws -> LinearityExperiment {
    LinearityExperiment(
      LinearityExperiment.Configuration(
        model: model.source, data: try data, imageCount: lines.count, figureImage: lines.image,
        range: lines.range, stepCount: lines.steps, sides: try imageSizes.sides, pair: try regression.classes,
        seed: common.seed),
      isPairGiven: regression.pair != nil, workerCount: common.workerCount)
  }
}
