import Foundation
import Tensors

/// A sign that an evaluation is unreliable: usually that an attack is weak, not that a network is robust.
///
/// The checks follow Athalye, Carlini, Wagner (2018), section 3.1, and Carlini et al. (2019), "On evaluating
/// adversarial robustness". <https://arxiv.org/abs/1802.00420> <https://arxiv.org/abs/1902.06705>
public enum EvaluationWarning: Equatable, Codable, Sendable {
  /// A black-box attack, or a transfer attack, fools more than a white-box attack.
  case blackBoxBeatsWhiteBox(
    blackBox: String, whiteBox: String, blackBoxSuccess: Proportion, whiteBoxSuccess: Proportion)
  /// An attack with more steps fools fewer images.
  case moreStepsWorse(fewer: Int, more: Int, fewerSuccess: Proportion, moreSuccess: Proportion)
  /// A larger budget fools fewer images.
  case largerBudgetWorse(
    smaller: Double, larger: Double, smallerSuccess: Proportion, largerSuccess: Proportion)
  /// Noise of the same size fools as many images.
  case noiseAsGood(attack: String, attackSuccess: Proportion, noiseSuccess: Proportion)
  /// The proportion of attacked images with a gradient that was zero in every pixel.
  case zeroGradients(Proportion)
  /// The proportion of attacked images with repeated queries that all gave the same answer.
  case sameAnswers(Proportion)
  /// The classifier's outputs look like probabilities.
  case probabilitiesForLogits

  public var sentence: String {
    switch self {
    case .blackBoxBeatsWhiteBox(let blackBox, let whiteBox, let blackBoxSuccess, let whiteBoxSuccess):
      "\(blackBox), which knows no gradient of this network, fools \(text(blackBoxSuccess)), and \(whiteBox), which "
        + "does, only \(text(whiteBoxSuccess)): the gradient is masked, or the attack that follows it weak, and robust "
        + "accuracy is overstated."
    case .moreStepsWorse(let fewer, let more, let fewerSuccess, let moreSuccess):
      "\(more) steps fool \(text(moreSuccess)), and \(fewer) steps \(text(fewerSuccess)): more steps should never be "
        + "worse, so the longer attack has a step that does not suit it, or the gradient is masked."
    case .largerBudgetWorse(let smaller, let larger, let smallerSuccess, let largerSuccess):
      "with a budget of \(number(larger)) the attack fools \(text(largerSuccess)), and with \(number(smaller)) "
        + "\(text(smallerSuccess)): whatever the smaller allows, the larger allows as well, so the attack misses some."
    case .noiseAsGood(let attack, let attackSuccess, let noiseSuccess):
      "random noise of the same size fools \(text(noiseSuccess)), as many as \(attack) with \(text(attackSuccess)): "
        + "the size of the perturbation does it, not its direction."
    case .zeroGradients(let share):
      "\(text(share)) attacked images met a gradient of zero in every pixel: nothing told the attack where to go, "
        + "which is no robustness."
    case .sameAnswers(let share):
      "of \(text(share)) attacked images every query had the same answer: nothing told the attack where to go, which is no "
        + "robustness."
    case .probabilitiesForLogits:
      "the classifier's outputs look like probabilities, not logits: a second softmax flattens the gradients, and "
        + "attacks look weaker than they are."
    }
  }

  private func text(_ proportion: Proportion) -> String { "\(proportion.count) of \(proportion.total)" }
  private func number(_ value: Double) -> String { String(format: "%.4g", value) }
}

extension EvaluationWarning {
  /// The warnings from one evaluation alone: zero gradients, or answers that never changed, in more than a tenth of the
  /// attacked images.
  public static func alone(_ summary: EvaluationSummary) -> [EvaluationWarning] {
    func isMuch(_ share: Proportion) -> Bool { share.value.map { $0 > 0.1 } == true }
    let zero = Proportion(summary.zeroGradientCount, of: summary.success.total)
    let same = Proportion(summary.sameAnswerCount ?? 0, of: summary.success.total)
    return (isMuch(zero) ? [.zeroGradients(zero)] : []) + (isMuch(same) ? [.sameAnswers(same)] : [])
  }

  /// Warning from a classifier's outputs for some images alone.
  public static func outputs(_ outputs: Tensor) -> EvaluationWarning? {
    Evaluation.lookLikeProbabilities(outputs) ? .probabilitiesForLogits : nil
  }

  /// Compares a black-box or transfer attack with a white-box attack, same images and threat model.
  public static func blackBox(
    _ blackBox: (name: String, summary: EvaluationSummary),
    beside whiteBox: (name: String, summary: EvaluationSummary)
  ) -> EvaluationWarning? {
    let (first, second) = (blackBox.summary.success, whiteBox.summary.success)
    return isMore(first, than: second)
      ? .blackBoxBeatsWhiteBox(
        blackBox: blackBox.name, whiteBox: whiteBox.name, blackBoxSuccess: first, whiteBoxSuccess: second)
      : nil
  }

  /// Compares noise with an attack of the same size, same images.
  public static func noise(
    _ noise: EvaluationSummary, beside attack: (name: String, summary: EvaluationSummary)
  ) -> EvaluationWarning? {
    let (random, directed) = (noise.success, attack.summary.success)
    return random.count > 0 && !isMore(directed, than: random)
      ? .noiseAsGood(attack: attack.name, attackSuccess: directed, noiseSuccess: random) : nil
  }

  /// Every pair of neighbouring step counts in which more steps fool fewer images. Same images.
  public static func steps(_ runs: [(stepCount: Int, summary: EvaluationSummary)]) -> [EvaluationWarning] {
    neighbours(runs.sorted { $0.stepCount < $1.stepCount }) { fewer, more in
      isMore(fewer.summary.success, than: more.summary.success)
        ? .moreStepsWorse(
          fewer: fewer.stepCount, more: more.stepCount, fewerSuccess: fewer.summary.success,
          moreSuccess: more.summary.success)
        : nil
    }
  }

  /// Every pair of neighbouring budgets in which the larger fools fewer images. Same images.
  public static func budgets(_ runs: [(epsilon: Double, summary: EvaluationSummary)]) -> [EvaluationWarning] {
    neighbours(runs.sorted { $0.epsilon < $1.epsilon }) { smaller, larger in
      isMore(smaller.summary.success, than: larger.summary.success)
        ? .largerBudgetWorse(
          smaller: smaller.epsilon, larger: larger.epsilon, smallerSuccess: smaller.summary.success,
          largerSuccess: larger.summary.success)
        : nil
    }
  }

  private static func neighbours<Run>(
    _ runs: [Run], _ check: (Run, Run) -> EvaluationWarning?
  ) -> [EvaluationWarning] {
    zip(runs, runs.dropFirst()).compactMap { check($0, $1) }
  }

  private static func isMore(_ first: Proportion, than second: Proportion) -> Bool {
    precondition(first.total == second.total, "attacks on \(first.total) and on \(second.total) images")
    return first.count > second.count
  }
}
