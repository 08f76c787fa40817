import Figures
import Foundation
import Lab

extension ShiftResults {
  /// The results in sentences, the answer to the question of the experiment first.
  package var findings: [String] {
    [answer, setting] + comparedRecipes.map(sentence) + [correlations] + warnings
  }

  /// Columns for the terminal.
  var listing: [String] {
    let measures: [(Measure, String)] = [
      (.clean, "clean"), (.corrupted, "corrupted"), (.unseen, "unseen corruptions"),
      (.medianDistance, "median ℓ2"), (.robust, "robust at ℓ2 ≤ \(Numbers.plain(epsilon))"),
    ]
    let rows = recipes.map { recipe in
      [recipe.rawValue]
        + measures.map { measure, _ in
          summary(recipe, measure)?.mean.map { mean in
            Self.text(mean, measure)
              + (mean.count < networkCount ? " (\(mean.count) of \(networkCount))" : "")
          } ?? "–"
        }
    }
    return TextTable.lines([["recipe"] + measures.map(\.1)] + rows)
  }

  private var networkCount: Int { networks.count { $0.recipe == .plain } }

  private var comparedRecipes: [ShiftRecipe] { recipes.filter { $0 != .plain } }

  private var answer: String {
    guard !comparedRecipes.isEmpty else { return "Only plain was trained, so there is nothing to compare." }
    guard networkCount > 1 else {
      return
        "Every recipe was trained once, so its difference from plain has no interval and decides nothing."
    }
    func compared(_ measure: Measure, _ more: String, _ less: String) -> String {
      let groups = [(1, more), (-1, less)].map { side, word in
        (word, comparedRecipes.filter { summary($0, measure)?.side == side }.map(\.rawValue))
      }.filter { !$0.1.isEmpty }
      return groups.isEmpty
        ? "no difference shown"
        : groups.map { "\($0.0) for \($0.1.joined(separator: ", "))" }.joined(separator: ", ")
    }
    return
      "Accuracy under corruptions, compared with plain: \(compared(.corrupted, "higher", "lower")). Median ℓ2 distance of "
      + "adversarial examples: \(compared(.medianDistance, "larger", "smaller")). Only differences whose 95 % interval over "
      + "\(networkCount) pairs of networks excludes 0 are named, of \(comparedRecipes.count) recipes."
  }

  private var setting: String {
    "\(architecture) on \(dataName): \(recipes.count) recipes with \(MeanSample(networkCount, "network").counted) each; "
      + "\(imageCount) of \(heldOutCount) held-out images, corrupted in \(networks.first?.corrupted.count ?? 0) ways, "
      + "\(attackCount) of them attacked."
  }

  /// The comparison of a recipe with plain.
  private func sentence(_ recipe: ShiftRecipe) -> String {
    func difference(_ measure: Measure) -> String {
      guard let difference = summary(recipe, measure)?.difference else { return "not measured" }
      let pairs = difference.count < networkCount ? " (\(difference.count) of \(networkCount) pairs)" : ""
      return Self.text(difference, measure, isSigned: true) + pairs
    }
    func verdict(_ measure: Measure) -> String? {
      summary(recipe, measure)?.side.map {
        $0 > 0 ? "more robust" : $0 < 0 ? "less robust" : "no difference shown"
      }
    }
    let verdicts =
      if networkCount < 2 {
        "one pair of networks decides nothing"
      } else {
        "under corruptions \(verdict(.corrupted) ?? "not comparable"), under attack "
          + (verdict(.medianDistance)
            ?? "not comparable, because in most networks at least half of the images were never fooled")
      }
    return
      "\(recipe.rawValue) vs plain, mean difference: accuracy under all corruptions \(difference(.corrupted)), under unseen "
      + "corruptions \(difference(.unseen)), median ℓ2 distance \(difference(.medianDistance)): \(verdicts)."
  }

  private var correlations: String {
    func text(_ value: Double?) -> String {
      value.map { String(format: "%.2f", $0).replacing("-", with: "−") } ?? "undefined"
    }
    return
      "Spearman's ρ between accuracy under corruptions and median ℓ2 distance: \(text(correlation)) over all "
      + "\(networks.count) networks, \(text(correlationBetween)) over the means of \(recipes.count) recipes, "
      + "\(text(correlationWithin)) within recipes. Descriptive only, not a significance test: there are few recipes, and "
      + "networks of one recipe are similar."
  }

  private var warnings: [String] {
    // Misclassified images are not attacked.
    let masked = networks.count { network in
      2 * network.zeroGradientCount > network.distances.count { $0 != 0 }
    }
    return masked == 0
      ? []
      : [
        "In \(masked) of \(networks.count) networks most attacked images have a zero gradient: distances there do not "
          + "measure robustness."
      ]
  }

  /// `0.981 [0.975, 0.987]`
  private static func text(_ mean: MeanWithInterval, _ measure: Measure, isSigned: Bool = false) -> String {
    func number(_ value: Double) -> String {
      String(format: isSigned ? "%+.3f" : "%.3f", value).replacing("-", with: "−")
    }
    let mean = isSigned || measure == .medianDistance ? mean : mean.ofShares
    let interval = mean.interval95.map { " [\(number($0[0])), \(number($0[1]))]" } ?? mean.remark
    return number(mean.mean) + interval
  }
}
