import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

/// Adam in the space of a hyperbolic tangent.
package struct CarliniWagnerSettings: AttackSettings {
  /// How many logits the wrong class must lead by.
  package var confidence = 0.0
  /// Constants tried.
  package var searchStepCount = 9
  /// Steps for each constant.
  package var iterationCount = 1000
  package var learningRate = 0.01

  package static let card = AttackCard(
    name: "cw", recordedName: "carliniWagner", title: "Carlini and Wagner's attack",
    abstract: "Carlini and Wagner's ℓ2 attack: Adam under a change of variables by tanh.",
    discussion: "The constant is searched for each image. Slow: thousands of passes per image.",
    paper: Paper(
      "carlini2017towards", authors: "Carlini, Nicholas and Wagner, David",
      title: "Towards evaluating the robustness of neural networks",
      venue: "IEEE Symposium on Security and Privacy", year: 2017, arXiv: "1608.04644"),
    goal: .smallestPerturbation, access: .whiteBox, norms: CarliniWagnerL2.supportedNorms)

  package init() {}

  package func attack(_: AttackSupplies) -> any Attack {
    CarliniWagnerL2(
      confidence: confidence, searchStepCount: searchStepCount, iterationCount: iterationCount,
      learningRate: learningRate)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "minimise ‖x′ − x‖₂² + c · max(m + \(Numbers.plain(confidence)), 0) by Adam, \(iterationCount) steps for each c; "
      + "−m = \(notation.margin)."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: OneNorm<CarliniWagnerSettings>

    @Option(
      help: ArgumentHelp("Margin κ, in logits, by which the wrong class must lead.", valueName: "LOGITS"))
    var confidence = CarliniWagnerSettings().confidence

    @Option(help: ArgumentHelp("Number of constants tried.", valueName: "N"))
    var searches = CarliniWagnerSettings().searchStepCount

    @Option(help: ArgumentHelp("Number of Adam steps per constant.", valueName: "N"))
    var iterations = CarliniWagnerSettings().iterationCount

    @Option(help: ArgumentHelp("Learning rate of Adam.", valueName: "RATE"))
    var rate = CarliniWagnerSettings().learningRate

    package init() {}

    package func validate() throws {
      try checkCount(iterations, name: "--iterations")
      try checkCount(searches, name: "--searches")
      try requireNotNegative("--confidence", confidence)
      try requirePositive("--rate", rate)
    }

    package var settings: CarliniWagnerSettings {
      CarliniWagnerSettings {
        ($0.confidence, $0.searchStepCount) = (confidence, searches)
        ($0.iterationCount, $0.learningRate) = (iterations, rate)
      }
    }
  }
}
