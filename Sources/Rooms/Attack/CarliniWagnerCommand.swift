import ArgumentParser
import Commands

package struct CarliniWagnerCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "cw",
    abstract: "Carlini and Wagner's attack for L2: Adam in the space of a hyperbolic tangent.",
    discussion: "Carlini, Wagner (2017). The constant is searched for each image. Slow: thousands of passes.")

  @OptionGroup var attack: AttackOptions

  @Option(help: "How many logits the wrong class must lead by.")
  var confidence = 0.0

  @Option(help: "Constants tried.")
  var searches = 9

  @Option(help: "Steps of Adam for each constant.")
  var iterations = 1000

  @Option(help: "Learning rate of Adam.")
  var rate = 0.01

  package init() {}

  package func validate() throws {
    try checkCount(iterations, name: "--iterations")
    try checkCount(searches, name: "--searches")
    guard confidence >= 0, confidence.isFinite else {
      throw ValidationError("--confidence must not be negative, got \(confidence)")
    }
    guard rate > 0, rate.isFinite else { throw ValidationError("--rate must be positive, got \(rate)") }
  }

  package func run() throws {
    try attack.run(
      .carliniWagner(
        confidence: confidence, searchStepCount: searches, iterationCount: iterations, learningRate: rate),
      norm: .l2, epsilon: nil)
  }
}
