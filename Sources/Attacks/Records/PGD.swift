import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

/// Projected gradient descent from random starts in the ball.
package struct PGDSettings: AttackSettings {
  package var stepCount = 40
  /// A fraction of ε; nil: 2.5 / steps.
  package var relativeStepSize: Double?
  package var restartCount = 1
  package var loss = AttackLoss.crossEntropy

  package static let card = AttackCard(
    name: "pgd", recordedName: "projectedGradientDescent", title: "projected gradient descent",
    abstract: "Projected gradient descent from random starts in the ball.",
    discussion: "The best iterate is kept for each image, not the last.",
    paper: Paper(
      "madry2018towards",
      authors:
        "Madry, Aleksander and Makelov, Aleksandar and Schmidt, Ludwig and Tsipras, Dimitris and Vladu, Adrian",
      title: "Towards deep learning models resistant to adversarial attacks",
      venue: "International Conference on Learning Representations", year: 2018, arXiv: "1706.06083"),
    goal: .maximalLoss, access: .whiteBox, norms: [.linf, .l2, .l1], isForTransfer: true)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    ProjectedGradientDescent(
      stepCount: stepCount, relativeStepSize: relativeStepSize,
      start: .random(restartCount: restartCount, seed: supplies.seed), loss: loss)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "\(stepCount) steps of size \(Numbers.plain(relativeStepSize ?? 2.5 / Double(stepCount))) ε from \(restartCount) random "
      + "\(restartCount == 1 ? "start" : "starts"), each projected onto the ball and clipped, maximising "
      + "\(loss.words); the best iterate is kept."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: EpsilonOptions<PGDSettings>

    @Option(help: ArgumentHelp("Number of steps per start.", valueName: "N"))
    var steps = PGDSettings().stepCount

    @Option(help: ArgumentHelp("Step size as a fraction of ε. Default: 2.5 / steps.", valueName: "FRACTION"))
    var stepSize: Double?

    @Option(
      help: ArgumentHelp(
        "Number of random starts; an image that was fooled is not started again.", valueName: "N"))
    var restarts = PGDSettings().restartCount

    @Option(help: ArgumentHelp("Loss to maximise.", valueName: "LOSS"))
    var loss = KebabCase(PGDSettings().loss)

    package init() {}

    package func validate() throws {
      try checkCount(steps)
      try checkCount(restarts, name: "--restarts")
      try requirePositive("--step-size", stepSize)
    }

    package var settings: PGDSettings {
      PGDSettings {
        ($0.stepCount, $0.relativeStepSize, $0.restartCount, $0.loss) = (
          steps, stepSize, restarts, loss.value
        )
      }
    }
  }
}

extension AttackLoss {
  fileprivate var words: String {
    switch self {
    case .crossEntropy: "the cross-entropy"
    case .margin: "the margin"
    case .differenceOfLogitsRatio: "the difference-of-logits ratio"
    }
  }
}
