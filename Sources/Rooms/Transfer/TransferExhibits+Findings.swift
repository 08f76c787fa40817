import Adversarial
import Datasets
import Figures
import Foundation
import Lab
import Tensors

extension TransferResults {
  /// The attack with its norm and budget: `fast gradient sign method, ℓ∞ ≤ 0.25`.
  var attackWords: String {
    let budget = epsilon.map { ", ℓ∞ ≤ \(Numbers.epsilon($0))" } ?? ", smallest ℓ2 perturbation"
    let aim =
      switch goal {
      case .untargeted: ""
      case .next: ", targeted at the next class"
      case .random: ", targeted at a random class"
      case .fixed(let name): ", targeted at class \(name)"
      }
    return attack.words + budget + aim
  }
}

extension TransferExhibits {
  /// `1000 of 10000 held-out images of mnist, a random sample`
  var sample: String {
    results.imageCount == results.heldOutCount
      ? "all \(results.heldOutCount) held-out images of \(results.dataName)"
      : "\(results.imageCount) of \(results.heldOutCount) held-out images of \(results.dataName), a random sample"
  }

  /// The mean transfer rates first, then what limits them, then the relation to accuracy.
  var findings: [String] {
    let sizes = [results.mainSize] + results.sizes.filter { $0 != results.mainSize }
    return sizes.map(transfer) + sizes.compactMap(saturation)
      + results.gaps.map { "Accuracy gap and transfer rate, \($0.size.words): \($0.sentence)" }
  }

  // MARK: Transfer

  private func transfer(_ size: TransferMatrix.Size) -> String {
    let name = results.attackWords.prefix(1).uppercased() + results.attackWords.dropFirst()
    let attack = results.sizes.count == 1 ? name : "\(name), \(size.words)"
    guard let mean = results.meanErrors(size, .attack) else {
      return "\(attack): no transfer rate, since "
        + (results.networks.count < 2
          ? "there is only one network." : "no two networks classify the same clean images correctly.")
    }
    let noise = results.directions.filter { $0 != .attack }.compactMap { direction in
      results.meanErrors(size, direction).map { "\(direction.words) \(Self.percent($0.transferred))" }
    }
    var sentences = [
      "\(attack): the mean transfer rate is \(Self.percent(mean.transferred)) over \(mean.pairCount) ordered pairs of networks "
        + "(\(Self.percent(mean.range.lowerBound)) to \(Self.percent(mean.range.upperBound))), and the mean error on a network's "
        + "own adversarial examples \(Self.percent(mean.own))."
    ]
    if !noise.isEmpty {
      sentences.append(
        "Mean error over the same pairs on noise of the same ℓ2 length: \(noise.joined(separator: ", ")).")
    }
    if let hit = results.meanErrors(size, .attack, { $0.targetedHit }) {
      sentences.append(
        "Predicted as the target class: \(Self.percent(hit.transferred)) over pairs, \(Self.percent(hit.own)) on a network's own "
          + "adversarial examples.")
    }
    return sentences.joined(separator: " ")
  }

  /// nil unless the matrix is saturated.
  private func saturation(_ size: TransferMatrix.Size) -> String? {
    guard let mean = results.meanErrors(size, .attack), mean.isSaturated else { return nil }
    let advice: String? =
      switch size {
      case .asFound:
        results.epsilon.map { "try a smaller --epsilon, such as \(Numbers.epsilon($0 / 2))" }
      case .rootMeanSquare(let distortion):
        "try a smaller --distortion, such as \(Numbers.plain(distortion / 2))"
      }
    return
      "The matrix (\(size.words)) is saturated: mean errors on the diagonal (\(Self.percent(mean.own))) and off it "
      + "(\(Self.percent(mean.transferred))) both exceed 95 %, so it no longer distinguishes the networks"
      + (advice.map { "; \($0)." } ?? ".")
  }

  // MARK: Listing

  /// The networks and the matrices, for terminals.
  var listing: [String] {
    var lines = TextTable.lines(
      [["", "network", "accuracy", "training images", "white-box success rate"]]
        + results.networks.enumerated().map { number, network in
          [
            "\(number + 1)", network.name, network.accuracy.percent,
            network.trainingCount.map(String.init) ?? "–", network.attack.success.rate,
          ]
        }, textColumns: [1])
    lines += [
      "",
      "\(results.attackWords); \(sample). Accuracy on all \(results.heldOutCount) held-out images.",
      "Transfer rate in %: misclassified by the target (column), of the images that source (row) and target both classify "
        + "correctly when clean.",
    ]
    for size in results.sizes {
      for direction in results.directions {
        let rate = direction == .attack ? "transfer rate" : "error on the same images"
        lines += matrix(size, direction, "\(direction.words), \(size.words): \(rate) in %") {
          $0.errorOnBothCorrect.value
        }
      }
      lines += matrix(
        size, .attack, "attack, \(size.words): error on all images minus clean error, percentage points"
      ) { $0.excessError }
      if results.isTargeted {
        lines += matrix(size, .attack, "attack, \(size.words): predicted as the target class, %") {
          $0.targetedHit.value
        }
      }
      lines += matrix(
        size, .attack, "attack, \(size.words): same wrong class, % of the images that fool source and target"
      ) { $0.agreement.value }
      lines.append(agreement(size))
    }
    return lines
  }

  /// Sources as rows, targets as columns, the mean size of the perturbation at the end.
  private func matrix(
    _ size: TransferMatrix.Size, _ direction: TransferMatrix.Direction, _ heading: String,
    _ value: (TransferCell) -> Double?
  ) -> [String] {
    ["", heading]
      + TextTable.lines(
        [["source"] + results.networks.indices.map { "to \($0 + 1)" } + ["mean RMS"]]
          + results.panel(size, direction).enumerated().map { number, row in
            ["\(number + 1) \(row.source)"] + row.cells.map { Self.points(value($0)) }
              + [row.meanDistortion.map { String(format: "%.4f", $0) } ?? "–"]
          })
  }

  /// How often source and target make the same mistake, over all pairs of different networks.
  private func agreement(_ size: TransferMatrix.Size) -> String {
    var (same, wrong, byChance) = (0, 0, 0.0)
    for (source, row) in results.panel(size, .attack).enumerated() {
      for (target, cell) in row.cells.enumerated() where target != source {
        same += cell.agreement.count
        wrong += cell.agreement.total
        byChance += (cell.agreementByChance ?? 0) * Double(cell.agreement.total)
      }
    }
    guard wrong > 0 else { return "No image fools source and target of any pair." }
    return
      "Images that fool both networks of a pair: same wrong class in \(Proportion(same, of: wrong).share()), expected "
      + "by chance, given their wrong predictions, \(Self.percent(byChance / Double(wrong)))."
  }

  // MARK: Numbers as text

  /// Percentage points: `42.6`, `−11.6`; – for nil.
  static func points(_ share: Double?) -> String {
    guard let share else { return "–" }
    let text = String(format: "%.1f", 100 * share)
    return text == "-0.0" ? "0.0" : text.replacing("-", with: "−")
  }

  private static func percent(_ share: Double) -> String { "\(points(share)) %" }
}
