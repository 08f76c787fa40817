import Adversarial
import ArgumentParser
import Commands
import Lab

/// The attack that adversarial examples were found with.
package struct LBFGSSettings: AttackSettings {
  /// Bisections of the constant.
  package var bisectionCount = 10
  /// Iterations for each constant, at most.
  package var iterationLimit = 10
  /// Pairs of steps and gradients that are remembered.
  package var memory = 10
  package var initialConstant = 0.01

  package static let card = AttackCard(
    name: "lbfgs", recordedName: "boxLBFGS", title: "box-constrained L-BFGS",
    abstract: "Box-constrained L-BFGS: the attack that adversarial examples were discovered with.",
    discussion: """
      Minimises ‖r‖² + c · loss over the box for each image; c grows tenfold until the attack succeeds and is then \
      bisected, and the nearest of all points seen is kept. Without --targeted, every other class is tried and the \
      nearest is kept: nine times the work for ten classes.
      """,
    paper: .intriguingProperties, otherWorks: [.byrd1995limited], goal: .smallestPerturbation,
    access: .whiteBox, norms: BoxLBFGSAttack.supportedNorms, isForTransfer: true)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    BoxLBFGSAttack(
      initialConstant: initialConstant, bisectionCount: bisectionCount, iterationLimit: iterationLimit,
      evaluationLimit: 3 * iterationLimit, memory: memory, workerCount: supplies.workerCount)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "minimise ‖r‖₂² + c · L(x + r, l) over the box by L-BFGS-B, at most \(iterationLimit) iterations; c grows tenfold, "
      + "then \(bisectionCount) bisections. "
      + (notation.isTargeted ? "l: target class." : "l: the nearest of all other classes.")
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: OneNorm<LBFGSSettings>

    @Option(help: ArgumentHelp("Number of bisections of the constant c.", valueName: "N"))
    var bisections = LBFGSSettings().bisectionCount

    @Option(help: ArgumentHelp("Largest number of L-BFGS iterations per constant.", valueName: "N"))
    var iterations = LBFGSSettings().iterationLimit

    @Option(help: ArgumentHelp("Number of correction pairs that L-BFGS stores.", valueName: "N"))
    var memory = LBFGSSettings().memory

    @Option(help: ArgumentHelp("Initial constant c.", valueName: "C"))
    var constant = LBFGSSettings().initialConstant

    package init() {}

    package func validate() throws {
      try checkCount(iterations, name: "--iterations")
      try require("--bisections", bisections, in: 0...100)
      try require("--memory", memory, in: 1...100)
      try requirePositive("--constant", constant)
    }

    package var settings: LBFGSSettings {
      LBFGSSettings {
        ($0.bisectionCount, $0.iterationLimit) = (bisections, iterations)
        ($0.memory, $0.initialConstant) = (memory, constant)
      }
    }
  }
}
