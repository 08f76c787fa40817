import Adversarial
import Tensors
import Testing

@testable import AttackRoom
@testable import Attacks
@testable import Lab

/// What is said of an attack.
@Suite struct AttackExhibitsTests {
  private func image(_ verdict: Verdict, target: Int? = nil) -> AttackedImage {
    let right = Prediction(logits: [1, 0])
    let wrong = Prediction(logits: [0, 1])
    return AttackedImage(
      imageID: 0, label: 0, target: target, verdict: verdict,
      before: verdict == .alreadyWrong ? wrong : right, attempt: verdict == .failed ? right : wrong,
      after: verdict == .succeeded || verdict == .alreadyWrong ? wrong : right,
      distortion: Distortion(from: [0] as [Float], to: [verdict == .succeeded ? 0.5 : 0]),
      attemptDistortion: nil, survives8Bit: verdict == .succeeded ? true : nil, wasProjected: false,
      hadZeroGradient: false, queries: nil)
  }

  private func configuration(
    _ settings: some AttackSettings, _ norm: Norm, _ epsilon: Float?
  ) -> AttackExperiment.Configuration {
    .init(
      model: .model(path: "m"), data: DataSource(name: "d"), method: AttackMethod(settings), norm: norm,
      epsilon: epsilon)
  }

  @Test("An attack is named with its norm and budget")
  func titles() {
    #expect(
      configuration(FGSMSettings(), .linf, 8 / 255).attackTitle == "Fast gradient sign method, ℓ∞ ≤ 8/255")
    #expect(configuration(FGSMSettings(), .l2, 0.5).attackTitle == "Fast gradient method, ℓ2 ≤ 0.5")
    #expect(
      configuration(DDNSettings(), .l2, nil).attackTitle
        == "Decoupled direction and norm, smallest ℓ2 perturbation")
    #expect(
      configuration(FewPixelSettings(), .l0, 3).attackTitle
        == "Few pixels by differential evolution, at most 3 pixels")
    #expect(
      configuration(NoiseSettings { $0.kind = .randomSign }, .linf, 0.1).attackTitle
        == "Random signs, the control, ℓ∞ ≤ 0.1")
  }

  @Test(
    "The first finding has the success rate with its denominator and interval, and accuracy before and after")
  func headline() {
    let images = [.succeeded, .succeeded, .succeeded, .failed, .alreadyWrong].map { image($0) }
    #expect(
      AttackExhibits.headline(of: EvaluationSummary(of: images), configuration(PGDSettings(), .linf, 0.1))
        == "Projected gradient descent, ℓ∞ ≤ 0.1: attack success rate 75.0 % (3 of 4 attacked images; 95 % interval "
        + "30.1 % to 95.4 %). Clean accuracy 80.0 % (4 of 5), robust accuracy 20.0 % (1 of 5).")
    let targeted = [image(.succeeded, target: 1), image(.alreadyTarget, target: 0)]
    #expect(
      AttackExhibits.headline(of: EvaluationSummary(of: targeted), configuration(DDNSettings(), .l2, nil))
        == "Decoupled direction and norm, smallest ℓ2 perturbation: targeted attack success rate 100 % (1 of 1 attacked "
        + "images; 95 % interval 20.7 % to 100 %). Clean accuracy 100 % (2 of 2), robust accuracy 50.0 % (1 of 2)."
    )
    #expect(
      AttackExhibits.headline(of: EvaluationSummary(of: []), configuration(PGDSettings(), .linf, 0.1))
        == "Projected gradient descent, ℓ∞ ≤ 0.1: no image was attacked, of 0.")
  }
}
