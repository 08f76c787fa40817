import Figures
import Foundation
import Lab
import Tensors

/// The findings of `intrigue linearity`: sentences, and the tables between them.
struct LinearityFindings {
  typealias LineSummary = LinearityExperiment.LineSummary

  let configuration: LinearityExperiment.Configuration
  let results: LinearityExperiment.Results

  var sentences: [String] {
    [opening, measured] + results.lines.map(region) + directions.compactMap(local)
      + results.slopes.map(growth) + regression
  }

  // MARK: Lines

  private var opening: String {
    let fit = results.lines.first.flatMap { line in
      line.explained.last.map { part in
        let values = zip(configuration.pieceCounts, part.byPieces).prefix(2).map { count, share in
          "\(Self.rSquared(share.mean)) with \(Self.segments(count))"
        }
        return
          "R² of a piecewise-linear fit to the logits along \(line.direction.words), |ε| ≤ \(Numbers.plain(part.range)): "
          + "\(values.joined(separator: ", ")) (means over \(part.byPieces.first?.count ?? 0) images). "
      }
    }
    let reach = results.lines.map { line in
      let isOpen = line.upperReach.median >= configuration.range
      return
        "\(isOpen ? "at least " : "")\(Numbers.threeDigits(line.upperReach.median)) along \(line.direction.words)"
    }
    return
      "\(fit ?? "")The prediction stays correct up to a median ε of \(reach.joined(separator: ", and "))."
  }

  private var measured: String {
    "Measured are the images classified correctly: \(results.measured.share(of: "held-out images, a random sample"))"
      + (results.zeroGradientCount > 0
        ? "; the gradient of \(Numbers.grouped(results.zeroGradientCount)) of them is zero." : ".")
  }

  private func region(_ line: LineSummary) -> String {
    let (lower, upper) = (line.lowerReach, line.upperReach)
    func quartiles(_ values: Quartiles) -> String {
      "\(Numbers.threeDigits(values.lower)) to \(Numbers.threeDigits(values.upper))"
    }
    func count(_ count: Int, _ end: String) -> String {
      "\(count == 0 ? "none" : "\(count)") to \(end)\(Numbers.plain(configuration.range))"
    }
    return
      "Along \(line.direction.words) the prediction stays correct for ε from \(Numbers.threeDigits(lower.median)) to "
      + "\(Numbers.threeDigits(upper.median)) (medians over \(upper.count) images; quartiles \(quartiles(lower)), and "
      + "\(quartiles(upper))). Images that stay correct to the end of the range: \(count(line.lowerOpenCount, "−")), "
      + "\(count(line.upperOpenCount, "+"))."
  }

  /// The directions of the linear approximation that were measured.
  private var directions: [LinearityExperiment.Direction] {
    LinearityExperiment.Direction.allCases.filter { direction in
      results.local.contains { $0.direction == direction }
    }
  }

  private func rows(_ direction: LinearityExperiment.Direction) -> [LinearityExperiment.LocalRow] {
    results.local.filter { $0.direction == direction }
  }

  /// The error at the smallest ε and at that of the logistic regression, the paper's; nil if there is none.
  private func local(_ direction: LinearityExperiment.Direction) -> String? {
    let rows = rows(direction)
    let shown = [rows.first, rows.dropFirst().first { $0.epsilon == configuration.pairEpsilon }]
    let errors = shown.compactMap(\.self).compactMap { row in
      row.error.map { "\(Numbers.threeDigits($0.median)) at ε = \(Numbers.plain(row.epsilon))" }
    }
    guard !errors.isEmpty else { return nil }
    return
      "Relative error of the linear approximation along \(direction.words), median over "
      + "\(rows.compactMap(\.error).map(\.count).min() ?? 0) images: \(errors.joined(separator: ", "))."
  }

  // MARK: Image size

  private func growth(_ slopes: DimensionGrowth.Slopes) -> String {
    func power(_ value: Double) -> String {
      "n^" + String(format: "%.2f", value).replacing("-", with: "−")
    }
    return
      "A step of ‖r‖∞ = \(Numbers.plain(configuration.sizeEpsilon)) changes the margin of the "
      + "\(slopes.isTrained ? "trained" : "untrained") \(slopes.network) network in proportion to "
      + "\(power(slopes.gradient)) along the gradient sign and \(power(slopes.random)) along random signs, n the number of "
      + "pixels. Its mean |∂m/∂x| is proportional to \(power(slopes.meanSlope)); at fixed mean |∂m/∂x| the changes are "
      + "proportional to "
      + "\(power(slopes.gradientAtFixedSlope)) and \(power(slopes.randomAtFixedSlope)) (linear model: n and √n)."
  }

  // MARK: Logistic regression

  private var regression: [String] {
    guard let pair = results.pair else { return [] }
    let epsilon = Numbers.plain(pair.epsilon)
    return pair.models.map { model in
      "Logistic regression, \(pair.classNames[0]) vs \(pair.classNames[1]), \(model.trainingWords): error "
        + "\(model.cleanErrors.share(of: "held-out images")); under FGSM, ℓ∞ ≤ \(epsilon), "
        + "\(model.adversarialErrors.share()), and \(model.clippedErrors.share()) with pixels kept in [0, 1]; ‖w‖₁ = "
        + "\(Numbers.threeDigits(model.weightNorm)), \(Numbers.grouped(model.zeroWeightCount)) weights are zero."
    }
      + pair.models.flatMap { model in
        model.losses.filter { $0.printed < $0.clean }.map { loss in
          "For y = \(Self.sign(loss)) (\(model.trainingWords)) the adversarial loss as the paper prints it, "
            + "\(Numbers.threeDigits(loss.printed)), is below the clean loss, \(Numbers.threeDigits(loss.clean)): the sign of "
            + "ε‖w‖₁ in the printed form is wrong for this class."
        }
      }
  }

  private static func sign(_ loss: LinearityExperiment.PairResults.SignLoss) -> String {
    loss.sign < 0 ? "−1" : "+1"
  }

  // MARK: Listing

  var listing: [String] { Array([fits, errors, losses].filter { !$0.isEmpty }.joined(separator: [""])) }

  private var fits: [String] {
    let rows = results.lines.flatMap { line in
      line.explained.map { part in
        [line.direction.name, "|ε| ≤ \(Numbers.plain(part.range))"]
          + part.byPieces.map { share in
            Self.rSquared(share.mean)
              + (share.range.map {
                " [\(Self.rSquared($0.lowerBound)), \(Self.rSquared($0.upperBound))]"
              } ?? "")
          }
      }
    }
    let count = results.lines.first?.explained.first?.byPieces.first?.count ?? 0
    return
      ["R² of piecewise-linear fits to the logits, mean over \(count) images [95 % interval]"]
      + TextTable.lines(
        [["direction", "range"] + configuration.pieceCounts.map(Self.segments)] + rows, textColumns: [0, 1])
  }

  private var errors: [String] {
    guard let first = directions.first else { return [] }
    return
      [
        "Relative error of the linear approximation, ‖f(x + r) − f(x) − Jr‖ / ‖f(x + r) − f(x)‖, r = ε d: median over images"
      ]
      + TextTable.lines(
        [["ε"] + rows(first).map { Numbers.plain($0.epsilon) }]
          + directions.map { direction in
            [direction.name]
              + rows(direction).map { $0.error.map { Numbers.threeDigits($0.median) } ?? "–" }
          })
  }

  private var losses: [String] {
    guard let pair = results.pair else { return [] }
    let rows = pair.models.flatMap { model in
      model.losses.map { loss in
        [
          model.trainingWords, Self.sign(loss), Numbers.grouped(loss.imageCount),
          Numbers.threeDigits(loss.clean), Numbers.threeDigits(loss.worst), Numbers.threeDigits(loss.printed),
        ]
      }
    }
    return
      [
        "Mean loss of the logistic regression, \(pair.classNames[0]) (y = −1) vs \(pair.classNames[1]) (y = +1), ε = \(Numbers.plain(pair.epsilon))"
      ]
      + TextTable.lines(
        [["training", "y", "images", "clean", "worst case", "as printed in the paper"]] + rows)
  }

  // MARK: Numbers

  static func segments(_ count: Int) -> String { "\(count) \(count == 1 ? "segment" : "segments")" }

  /// `0.973`, and `0.99912` above 0.99; never rounded up to 1.
  static func rSquared(_ value: Double) -> String {
    value < 1 && value > 0.99 ? String(format: "%.5f", min(value, 0.99999)) : String(format: "%.3f", value)
  }
}

extension LinearityExperiment.Direction {
  var name: String {
    switch self {
    case .gradient: "gradient sign"
    case .random: "random signs"
    }
  }

  /// The name in a sentence.
  var words: String { self == .gradient ? "the \(name)" : name }

  /// The name on figures.
  var symbol: String {
    switch self {
    case .gradient: "sign ∇ₓL"
    case .random: "random signs"
    }
  }
}

extension LinearityExperiment.PairResults.Model {
  fileprivate var trainingWords: String { trainingEpsilon == 0 ? "clean training" : "adversarial training" }
}
