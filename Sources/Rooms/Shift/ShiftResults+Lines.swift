import Figures
import Foundation
import Lab

extension ShiftResults {
  /// What was measured.
  package var head: String {
    "\(architecture) on \(dataName): \(recipes.count) recipes, \(networkCount) networks each; \(imageCount) of \(heldOutCount) "
      + "held-out images corrupted in \(networks.first?.corrupted.count ?? 0) ways, \(attackCount) of them attacked"
  }

  var listing: [String] { TextTable.lines(table) }

  /// What the table means.
  package var findings: [String] { recipes.filter { $0 != .plain }.map(sentence) + correlations + warnings }

  private var networkCount: Int { networks.count { $0.recipe == .plain } }

  private var table: [[String]] {
    let measures: [(Measure, String)] = [
      (.clean, "clean"), (.corrupted, "corrupted"), (.unseen, "seen by none"), (.medianDistance, "median L2"),
      (.robust, "right at L2 \(Numbers.threeDigits(epsilon))"),
    ]
    return [["recipe"] + measures.map(\.1)]
      + recipes.map { recipe in
        [recipe.rawValue]
          + measures.map { measure, _ in
            summary(recipe, measure)?.mean.map { mean in
              Self.text(mean, measure)
                + (mean.count < networkCount ? " (\(mean.count) of \(networkCount))" : "")
            } ?? "–"
          }
      }
  }

  /// The answer of one recipe to the question of the experiment.
  private func sentence(_ recipe: ShiftRecipe) -> String {
    func words(_ measure: Measure) -> String {
      guard let difference = summary(recipe, measure)?.difference else { return "not measured" }
      let pairs = difference.count < networkCount ? " (\(difference.count) of \(networkCount) pairs)" : ""
      return Self.text(difference, measure, isSigned: true) + pairs
    }
    func word(_ measure: Measure) -> String? {
      summary(recipe, measure)?.side.map {
        $0 > 0 ? "better" : $0 < 0 ? "worse" : "no differently that can be told"
      }
    }
    let verdict =
      if networkCount < 2 {
        "one pair of networks decides nothing"
      } else if let shift = word(.corrupted) {
        "stands corruptions \(shift), "
          + (word(.medianDistance).map { "attacks \($0)" }
            ?? "attacks nobody can tell, as in most networks half of the images or more were never fooled")
      } else {
        "nothing can be told"
      }
    return
      "\(recipe.rawValue) less plain, pairs of one seed: corrupted \(words(.corrupted)), seen by none "
      + "\(words(.unseen)), median L2 \(words(.medianDistance)): \(verdict)"
  }

  private var correlations: [String] {
    func text(_ value: Double?) -> String {
      value.map { String(format: "%.2f", $0).replacing("-", with: "−") } ?? "undefined"
    }
    return [
      "Spearman's ρ of corrupted accuracy and median distance: \(text(correlation)) over all \(networks.count) networks, "
        + "\(text(correlationBetween)) over the means of \(recipes.count) recipes, \(text(correlationWithin)) within recipes; "
        + "so few recipes support no test, and networks of one recipe are alike"
    ]
  }

  private var warnings: [String] {
    // Those that are wrong anyway are not attacked.
    let zero = networks.count { network in
      2 * network.zeroGradientCount > network.distances.count { $0 != 0 }
    }
    return zero == 0
      ? [] : ["in \(zero) networks most gradients were zero: there the distances say little of robustness"]
  }

  /// `0.981 [0.975, 0.987]`
  package static func text(_ mean: MeanWithInterval, _ measure: Measure, isSigned: Bool = false) -> String {
    func number(_ value: Double) -> String {
      String(format: isSigned ? "%+.3f" : "%.3f", value).replacing("-", with: "−")
    }
    let mean = isSigned || measure == .medianDistance ? mean : mean.ofShares
    let interval = mean.interval95.map { " [\(number($0[0])), \(number($0[1]))]" } ?? mean.remark
    return number(mean.mean) + interval
  }
}
