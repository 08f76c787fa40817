import Adversarial
import ArgumentParser
import Commands

/// The budget of an attack that only asks.
package struct QueryOptions<Settings: QuerySettings>: ParsableArguments {
  @Option(help: ArgumentHelp("Largest number of queries per image.", valueName: "N"))
  package var queries = Settings().queryLimit

  package init() {}

  package func validate() throws { try checkCount(queries, name: "--queries") }
}

/// The settings of an attack that estimates a gradient from queries.
package protocol EstimateSettings: QuerySettings {
  /// Queries of an estimate; a step costs one more.
  var sampleCount: Int { get set }
  /// How far pixels are moved for an estimate.
  var radius: Double { get set }
  /// A fraction of ε.
  var relativeStepSize: Double { get set }
}

/// How a gradient is estimated from queries, within a budget.
package struct EstimateOptions<Settings: EstimateSettings>: AttackSettingOptions {
  @OptionGroup package var budget: EpsilonOptions<Settings>

  @Option(help: ArgumentHelp("Queries per estimate, an even number; a step costs one more.", valueName: "N"))
  var samples = Settings().sampleCount

  @Option(
    help: ArgumentHelp(
      "Distance at which the estimate samples around the image; pixels lie in [0, 1].", valueName: "RADIUS"))
  var radius = Settings().radius

  @Option(help: ArgumentHelp("Step size as a fraction of ε.", valueName: "FRACTION"))
  var stepSize = Settings().relativeStepSize

  @OptionGroup var queries: QueryOptions<Settings>

  package init() {}

  package func validate() throws {
    guard (2...100_000).contains(samples), samples.isMultiple(of: 2) else {
      throw ValidationError("--samples must be an even number between 2 and 100000, got \(samples)")
    }
    try require("--radius", radius, in: EstimatedAscent.leastRadius...1)
    try requirePositive("--step-size", stepSize)
    try checkEstimate(queries: queries.queries)
  }

  package var settings: Settings {
    Settings {
      ($0.sampleCount, $0.radius, $0.relativeStepSize) = (samples, radius, stepSize)
      $0.queryLimit = queries.queries
    }
  }
}

/// - Throws: `ValidationError` where a gradient cannot be estimated from so few queries.
package func checkEstimate(queries: Int) throws {
  guard queries >= EstimatedAscent.leastQueryCount else {
    throw ValidationError(
      "--queries must be at least \(EstimatedAscent.leastQueryCount) (one pair for an estimate and one for the step), got "
        + "\(queries)")
  }
}
