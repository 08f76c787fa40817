import Adversarial
import Figures
import Foundation
import Inference
import Tensors

extension SmoothingResults {
  /// For people: what was found, denominators and intervals stated.
  public var lines: [String] {
    [
      "\(imageCount) of \(heldOutCount) held-out images of \(dataName), drawn at random; \(selectionCount) noisy copies "
        + "choose the class of each, \(estimationCount) others estimate its share; α = \(alpha); 95 % intervals of "
        + "Clopper and Pearson"
    ] + levels.flatMap(lines)
  }

  private func lines(of level: Level) -> [String] {
    var lines = [
      "\(name(of: level)), \(level.trainingNoise.words): without noise \(Self.text(level.base)) right; one noisy copy "
        + "\(Numbers.percent(level.oneDraw)); the vote \(Self.text(level.right)) right, \(level.wrong.count) wrong, "
        + "\(level.abstained.count) without an answer",
      "  certified to be of their class: \(Self.text(level.certified.accuracy(at: 0))); mean radius "
        + "\(Numbers.threeDigits(level.meanRadius)), 0 for the others; \(estimationCount) copies that all agree give "
        + Numbers.threeDigits(level.largestRadius),
    ]
    lines += level.attacks.map { attack in
      "  L2 \(Numbers.threeDigits(attack.epsilon)): certified \(Self.text(attack.certified)); still answered right under "
        + "attack \(Self.text(attack.robust)), \(attack.notLost.count - attack.robust.count) more without an answer; "
        + "without noise \(Self.text(attack.base))"
    }
    if !level.attacks.isEmpty {
      let violations = level.attacks.reduce(0) { $0 + $1.violations.count }
      let covered = level.attacks.reduce(0) { $0 + $1.violations.total }
      lines.append(
        "  answers that contradict a certificate: \(violations) of \(covered) attacks that ended inside one"
          + (violations == 0
            ? ""
            : "; a certificate and an answer are wrong with probability \(alpha) each"))
    }
    return lines
  }

  /// `182 of 200 (91.0 %, 86.2 % to 94.6 %)`
  package static func text(_ proportion: Proportion) -> String {
    guard let value = proportion.value, let interval = proportion.exactInterval() else {
      return "\(proportion.count) of \(proportion.total)"
    }
    return "\(proportion.count) of \(proportion.total) (\(Numbers.percent(value)), "
      + "\(Numbers.percent(interval.lower)) to \(Numbers.percent(interval.upper)))"
  }
}
