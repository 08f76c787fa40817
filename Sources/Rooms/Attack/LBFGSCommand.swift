import ArgumentParser
import Commands

package struct LBFGSCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "lbfgs",
    abstract: "Box-constrained L-BFGS: the attack that adversarial examples were found with.",
    discussion: """
      Szegedy et al. (2013). Minimises ‖r‖² + c · loss over the box for each image; c grows tenfold until a success, \
      then is bisected, and the nearest of all points seen is kept. Without --targeted the nearest of all other \
      classes: nine times the work for ten classes.
      """)

  @OptionGroup var attack: AttackOptions

  @Option(help: "Bisections of the constant.")
  var bisections = 10

  @Option(help: "Iterations of L-BFGS for each constant, at most.")
  var iterations = 10

  @Option(help: "Pairs of steps and gradients that L-BFGS remembers.")
  var memory = 10

  @Option(help: "First constant of the loss.")
  var constant = 0.01

  package init() {}

  package func validate() throws {
    try checkCount(iterations, name: "--iterations")
    guard (0...100).contains(bisections) else {
      throw ValidationError("--bisections must be between 0 and 100, got \(bisections)")
    }
    guard (1...100).contains(memory) else {
      throw ValidationError("--memory must be between 1 and 100, got \(memory)")
    }
    guard constant > 0, constant.isFinite else {
      throw ValidationError("--constant must be positive, got \(constant)")
    }
  }

  package func run() throws {
    try attack.run(
      .boxLBFGS(
        bisectionCount: bisections, iterationLimit: iterations, memory: memory, initialConstant: constant),
      norm: .l2, epsilon: nil)
  }
}
