import Adversarial
import ArgumentParser

/// The budget of an attack that only asks.
package struct QueryOptions: ParsableArguments {
  @Option(help: "How many queries an image may cost.")
  package var queries = 5000

  package init() {}

  package func validate() throws { try checkCount(queries, name: "--queries") }
}

/// How a gradient is estimated from queries.
package struct EstimateOptions: ParsableArguments {
  @Option(help: "Queries of an estimate, an even number; a step costs one more.")
  package var samples = 100

  @Option(help: "How far pixels are moved for an estimate.")
  package var radius = 0.05

  @Option(help: "Length of a step as a fraction of epsilon.")
  package var stepSize = 0.1

  package init() {}

  package func validate() throws {
    guard (2...100_000).contains(samples), samples.isMultiple(of: 2) else {
      throw ValidationError("--samples must be an even number between 2 and 100000, got \(samples)")
    }
    guard radius >= EstimatedAscent.leastRadius, radius <= 1 else {
      throw ValidationError("--radius must be between \(EstimatedAscent.leastRadius) and 1, got \(radius)")
    }
    guard stepSize > 0, stepSize.isFinite else {
      throw ValidationError("--step-size must be positive, got \(stepSize)")
    }
  }

  package static func check(queries: Int) throws {
    guard queries >= EstimatedAscent.leastQueryCount else {
      throw ValidationError(
        "--queries must be at least \(EstimatedAscent.leastQueryCount), a pair for an estimate and the image that it leads to, "
          + "got \(queries)")
    }
  }
}
