import ArgumentParser
import Commands
import Networks

/// Training on perturbed images as well.
struct AdversarialTrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Train on perturbed images as well: fgsm, pgd, or the controls sign-noise and uniform-noise.",
      valueName: "NAME"))
  var adversarial: Name?

  @Option(help: ArgumentHelp("ℓ∞ budget of these perturbations.", valueName: "EPSILON"))
  var epsilon: Float = 0.25

  @Option(
    help: ArgumentHelp(
      "Weight of the loss on clean images; 0: perturbed images alone.", valueName: "FRACTION"))
  var alpha: Float = 0.5

  @Option(help: ArgumentHelp("Steps of pgd.", valueName: "N"))
  var steps = 10

  @Option(
    help: ArgumentHelp("Step size of pgd. Default: 2.5 · epsilon / steps.", valueName: "NUMBER"))
  var stepSize: Float?

  enum Name: String, ExpressibleByArgument, CaseIterable {
    case fgsm, pgd
    case signNoise = "sign-noise"
    case uniformNoise = "uniform-noise"
  }

  func validate() throws {
    try requireNotNegative("--epsilon", epsilon)
    try checkRadius(epsilon, written: "\(epsilon)")
    try requireFraction("--alpha", alpha)
    try require("--steps", steps, in: 1...1000)
    try requirePositive("--step-size", stepSize)
    if adversarial == .pgd, epsilon == 0 {
      throw ValidationError("--adversarial pgd needs a positive --epsilon")
    }
  }

  /// nil: clean images only.
  var training: AdversarialTraining? {
    let perturbation: AdversarialTraining.Perturbation? =
      switch adversarial {
      case .fgsm: .fgsm
      case .pgd: .pgd(stepCount: steps, stepSize: stepSize ?? 2.5 * epsilon / Float(steps))
      case .signNoise: .signNoise
      case .uniformNoise: .uniformNoise
      case nil: nil
      }
    return perturbation.map { AdversarialTraining($0, epsilon: epsilon, cleanShare: alpha) }
  }
}
