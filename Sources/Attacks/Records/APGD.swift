import Adversarial
import ArgumentParser
import Commands
import Tensors

/// Projected steps whose length needs no tuning.
package struct APGDSettings: AttackSettings {
  package var objective = Objective.crossEntropy
  package var stepCount = 100
  package var restartCount = 1

  /// What Auto-PGD maximises.
  package enum Objective: String, CaseIterable, Codable, Sendable, ExpressibleByArgument {
    case crossEntropy = "ce"
    case differenceOfLogitsRatio = "dlr"
    /// The ratio towards each of the nine most likely wrong classes.
    case targets
  }

  package static let card = AttackCard(
    name: "apgd", recordedName: "autoPGD", title: "Auto-PGD",
    abstract: "Auto-PGD: projected gradient descent whose step size needs no tuning.",
    paper: Paper(
      "croce2020reliable", authors: "Croce, Francesco and Hein, Matthias",
      title:
        "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks",
      venue: "International Conference on Machine Learning", year: 2020, arXiv: "2003.01690"),
    goal: .maximalLoss, access: .whiteBox, norms: [.linf, .l2])

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    AutoPGD(
      objective: objective.value, stepCount: stepCount, restartCount: restartCount, seed: supplies.seed)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) projected steps with momentum and a step size that is halved when progress stalls, \(restartCount) "
      + "\(restartCount == 1 ? "start" : "starts"), maximising \(objective.words)."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<APGDSettings>

    @Option(
      help: ArgumentHelp(
        "What to maximise: ce (cross-entropy), dlr (difference-of-logits ratio) or targets (that ratio towards each of "
          + "the nine most likely wrong classes).", valueName: "OBJECTIVE"))
    var objective = APGDSettings().objective

    @Option(help: ArgumentHelp("Number of steps per start.", valueName: "N"))
    var steps = APGDSettings().stepCount

    @Option(help: ArgumentHelp("Number of random starts.", valueName: "N"))
    var restarts = APGDSettings().restartCount

    package init() {}

    package func validate() throws {
      try checkCount(steps)
      try checkCount(restarts, name: "--restarts")
    }

    package func checkTarget() throws {
      if objective == .targets {
        throw ValidationError("--objective targets chooses its own targets: it takes no --targeted")
      }
    }

    package var settings: APGDSettings {
      APGDSettings { ($0.objective, $0.stepCount, $0.restartCount) = (objective, steps, restarts) }
    }
  }
}

extension APGDSettings.Objective {
  fileprivate var value: AutoPGD.Objective {
    switch self {
    case .crossEntropy: .loss(.crossEntropy)
    case .differenceOfLogitsRatio: .loss(.differenceOfLogitsRatio)
    case .targets: .likelyTargets(count: 9)
    }
  }

  fileprivate var words: String {
    switch self {
    case .crossEntropy: "the cross-entropy"
    case .differenceOfLogitsRatio: "the difference-of-logits ratio"
    case .targets: "the difference-of-logits ratio towards each of the nine most likely wrong classes"
    }
  }
}
