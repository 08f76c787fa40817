import Adversarial
import Figures
import Inference
import Lab
import Tensors

extension SmoothingExhibits {
  var sample: String {
    let drawn =
      results.imageCount == results.heldOutCount
      ? "All \(results.heldOutCount) held-out images of \(results.dataName)"
      : "\(results.imageCount) of \(results.heldOutCount) held-out images of \(results.dataName), a random sample"
    return
      "\(drawn); \(results.selectionCount) noisy copies of each select its class, \(results.estimationCount) others estimate "
      + "the probability of that class; α = \(results.alpha)"
  }

  var findings: [String] {
    results.levels.map(certification) + results.levels.flatMap(robustness)
      + results.levels.compactMap(contradictions)
  }

  private func certification(_ level: SmoothingResults.Level) -> String {
    "\(results.name(of: level)) (\(level.trainingNoise.words)): accuracy of the smoothed classifier "
      + "\(Self.text(level.right)), without noise \(Self.text(level.base)). Certified accuracy at radius 0 is "
      + "\(Self.text(level.certified.accuracy(at: 0))) and the mean certified ℓ2 radius "
      + "\(Numbers.threeDigits(level.meanRadius)), at most \(Numbers.threeDigits(level.largestRadius)) with "
      + "\(results.estimationCount) noisy copies."
  }

  private func robustness(_ level: SmoothingResults.Level) -> [String] {
    level.attacks.map { attack in
      "\(results.name(of: level)), PGD, ℓ2 ≤ \(Numbers.plain(attack.epsilon)): robust accuracy of the smoothed classifier "
        + "\(Self.text(attack.robust)), without noise \(Self.text(attack.base)); certified accuracy at that radius "
        + "\(Self.text(attack.certified))."
    }
  }

  private func contradictions(_ level: SmoothingResults.Level) -> String? {
    guard !level.attacks.isEmpty else { return nil }
    let count = level.attacks.reduce(0) { $0 + $1.violations.count }
    let total = level.attacks.reduce(0) { $0 + $1.violations.total }
    return
      "\(results.name(of: level)): \(count) predictions contradict a certificate, of \(total) attacks that ended within a "
      + "certified radius"
      + (count == 0
        ? "." : "; a certificate and a prediction are each wrong with probability \(results.alpha).")
  }

  /// `91.0 % (182 of 200; 95 % interval 86.2 % to 94.6 %)`
  static func text(_ proportion: Proportion) -> String {
    guard let value = proportion.value, let interval = proportion.exactInterval() else {
      return proportion.share()
    }
    return
      "\(Numbers.percent(value)) (\(proportion.count) of \(proportion.total); 95 % interval "
      + "\(Numbers.percent(interval.lower)) to \(Numbers.percent(interval.upper)))"
  }

  var listing: [String] {
    let heading = [
      "", "smoothed", "misclassified", "abstained", "single noisy copy", "without noise", "certified at 0",
      "mean radius",
    ]
    let rows = results.levels.map { level in
      [
        results.name(of: level), level.right.percent, level.wrong.percent, level.abstained.percent,
        Numbers.percent(level.oneDraw), level.base.percent, level.certified.accuracy(at: 0).percent,
        Numbers.threeDigits(level.meanRadius),
      ]
    }
    let attacked = results.levels.flatMap { level in
      level.attacks.map { attack in
        [
          results.name(of: level), Numbers.plain(attack.epsilon), attack.certified.percent,
          attack.robust.percent,
          Proportion(attack.notLost.count - attack.robust.count, of: attack.robust.total).percent,
          attack.base.percent,
        ]
      }
    }
    return TextTable.lines([heading] + rows)
      + (attacked.isEmpty
        ? []
        : [""]
          + TextTable.lines(
            [["PGD", "ℓ2 ≤", "certified", "robust", "abstained", "without noise"]] + attacked))
      + ["", "Accuracy in % of the \(results.imageCount) images. \(sample)."]
  }
}
