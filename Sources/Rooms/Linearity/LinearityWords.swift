import Figures
import Foundation
import Tensors

/// What was found, in sentences that state their denominators.
struct LinearityWords {
  let configuration: LinearityExperiment.Configuration
  let results: LinearityExperiment.Results

  var sentences: [String] {
    [
      "measured: \(results.measured.count) of \(results.measured.total) held-out images drawn, those classified correctly"
        + (results.zeroGradientCount > 0
          ? "; \(results.zeroGradientCount) of them have a gradient of zero" : "")
    ] + lineSentences + localSentences + sizeSentences + pairSentences
  }

  private var lineSentences: [String] {
    results.lines.flatMap { line -> [String] in
      let name = Self.name(line.direction)
      let explained = line.explained.map { part in
        let shares = zip(configuration.pieceCounts, part.byPieces).map { count, share in
          let range = share.range.map { " (\(Self.share($0.lowerBound))–\(Self.share($0.upperBound)))" } ?? ""
          return "\(count): \(Self.share(share.mean))\(range)"
        }
        return
          "along \(name), |ε| ≤ \(Numbers.plain(part.range)): share of the logits' variance explained by so many "
          + "pieces, mean over \(part.byPieces.first?.count ?? 0) images (95 % interval): "
          + shares.joined(separator: ", ")
      }
      let (lower, upper) = (line.lowerReach, line.upperReach)
      return explained + [
        "along \(name) the right class holds from ε = \(Numbers.threeDigits(lower.median)) to "
          + "\(Numbers.threeDigits(upper.median)) (medians over \(upper.count) images; quartiles "
          + "\(Numbers.threeDigits(lower.lower)) and \(Numbers.threeDigits(lower.upper)), "
          + "\(Numbers.threeDigits(upper.lower)) and \(Numbers.threeDigits(upper.upper))); \(line.lowerOpenCount) and "
          + "\(line.upperOpenCount) of them reach the range's ends"
      ]
    }
  }

  private var localSentences: [String] {
    LinearityExperiment.Direction.allCases.compactMap { direction in
      let rows = results.local.filter { $0.direction == direction }
      let words = rows.compactMap { row in
        row.error.map { "\(Numbers.plain(row.epsilon)): \(Numbers.threeDigits($0.median))" }
      }
      return words.isEmpty
        ? nil
        : "‖f(x+r) − f(x) − Jr‖ / ‖f(x+r) − f(x)‖ along \(Self.name(direction)), median over "
          + "\(rows.compactMap(\.error).map(\.count).min() ?? 0) images, at ε = "
          + words.joined(separator: ", ")
    }
  }

  private var sizeSentences: [String] {
    results.slopes.map { slopes in
      func text(_ value: Double) -> String { String(format: "%.2f", value).replacing("-", with: "−") }
      return
        "\(slopes.network), \(slopes.isTrained ? "trained" : "initial weights"): the margin's change grows like n^"
        + "\(text(slopes.gradient)) along the gradient's signs and n^\(text(slopes.random)) along random ones; mean "
        + "|∂m/∂x| goes like n^\(text(slopes.meanSlope)), at a fixed one the powers are "
        + "\(text(slopes.gradientAtFixedSlope)) and \(text(slopes.randomAtFixedSlope)) (linear argument: 1 and ½)"
    }
  }

  private var pairSentences: [String] {
    guard let pair = results.pair else { return [] }
    let epsilon = Numbers.plain(pair.epsilon)
    return pair.models.flatMap { model -> [String] in
      let training =
        model.trainingEpsilon == 0
        ? "trained on clean images" : "trained on E ζ(ε‖w‖₁ − y(wᵀx + b)), ε = \(epsilon)"
      let first =
        "logistic regression \(pair.classNames[0]) against \(pair.classNames[1]), \(training): "
        + "\(Self.of(model.cleanErrors)) wrong, at ε = \(epsilon) \(Self.of(model.adversarialErrors)) (pixels kept in "
        + "[0, 1]: \(Self.of(model.clippedErrors))); ‖w‖₁ = \(Numbers.threeDigits(model.weightNorm)), "
        + "\(model.zeroWeightCount) weights are 0"
      return [first] + model.losses.map(Self.sentence)
    }
  }

  private static func sentence(_ loss: LinearityExperiment.PairResults.SignLoss) -> String {
    let remark = loss.printed < loss.clean ? " (below the clean loss: the printed sign is wrong here)" : ""
    return "  y = \(loss.sign < 0 ? "−1" : "+1"), mean over \(loss.imageCount) images: clean loss "
      + "\(Numbers.threeDigits(loss.clean)), worst \(Numbers.threeDigits(loss.worst)), as the paper prints it "
      + "\(Numbers.threeDigits(loss.printed))\(remark)"
  }

  static func name(_ direction: LinearityExperiment.Direction) -> String {
    switch direction {
    case .gradient: "sign ∇ₓL"
    case .random: "random signs"
    }
  }

  /// `0.973`; never rounded up to 1.
  static func share(_ value: Double) -> String {
    value < 1 && value > 0.99 ? String(format: "%.5f", min(value, 0.99999)) : String(format: "%.3f", value)
  }

  private static func of(_ proportion: Proportion) -> String {
    "\(proportion.count) of \(proportion.total) (\(Numbers.percent(proportion.value ?? 0)))"
  }
}
