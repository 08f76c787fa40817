import Adversarial
import Directions
import Figures
import Foundation
import Tensors

extension TransferResults {
  /// The matrix, and what must stand beside it, a line each.
  public var lines: [String] {
    var lines = [
      "\(attackWords), on \(imageCount) of \(heldOutCount) held-out images of \(dataName), drawn at random",
      "",
      "networks (accuracy on all \(heldOutCount) held-out images; attack on themselves, of the images they get right)",
    ]
    for network in networks {
      let training = network.trainingCount.map { ", trained on \($0) images" } ?? ""
      lines.append(
        "  \(padded(network.name))  accuracy \(Self.percent(network.accuracy))\(training); "
          + "fooled \(Self.percent(network.attack.success)), \(network.attack.success.count) of "
          + "\(network.attack.success.total)\(Self.interval(network.attack.success))")
    }
    for size in sizes {
      lines += [
        "", "error in % on images that both classify correctly when clean: \(Self.explanation(of: size))",
      ]
      for direction in directions { lines += matrix(size, direction) { $0.errorOnBothCorrect.value } }
      lines += matrix(size, .attack, heading: "attack, all images, less the error on clean ones") {
        $0.excessError
      }
      if isTargeted {
        lines += matrix(size, .attack, heading: "attack, taken for the class aimed at") {
          $0.targetedHit.value
        }
      }
      lines += matrix(size, .attack, heading: "attack, the same wrong class, of images that fool both") {
        $0.agreement.value
      }
      lines += agreement(size)
    }
    lines += ["", "does transfer need equal accuracy?"]
    for gap in gaps { lines.append("  \(gap.size.words): \(gap.sentence)") }
    return lines
  }

  /// `fast gradient sign method, L∞ ≤ 0.25`.
  var attackWords: String {
    let budget = epsilon.map { ", L∞ ≤ \(Numbers.epsilon($0))" } ?? ", smallest L2"
    let aim =
      switch goal {
      case .untargeted: ""
      case .next: ", aimed at the next class"
      case .random: ", aimed at a random class"
      case .fixed(let name): ", aimed at class \(name)"
      }
    return attack.words + budget + aim
  }

  private static func explanation(of size: TransferMatrix.Size) -> String {
    switch size {
    case .asFound: "perturbations as found"
    case .rootMeanSquare(let distortion):
      "perturbations rescaled to a root mean square of \(distortion), then clipped"
    }
  }

  private var nameWidth: Int { names.map(\.count).max() ?? 0 }

  private func padded(_ name: String) -> String {
    name + String(repeating: " ", count: max(0, nameWidth - name.count))
  }

  /// Sources as rows, targets as columns under their numbers, distortion at the end.
  private func matrix(
    _ size: TransferMatrix.Size, _ direction: TransferMatrix.Direction, heading: String? = nil,
    _ value: (TransferCell) -> Double?
  ) -> [String] {
    let columns = networks.indices.map { Self.right("to \($0 + 1)", 7) }.joined()
    return ["  \(heading ?? direction.words)", "    " + padded("") + "    " + columns + "   distortion"]
      + panel(size, direction).enumerated().map { number, row in
        "    \(number + 1) \(padded(row.source))  "
          + row.cells.map { Self.right(Self.points(value($0)), 7) }.joined()
          + Self.right(row.meanDistortion.map { String(format: "%.4f", $0) } ?? "–", 13)
      }
  }

  /// Off the diagonal, over all pairs: how often both networks are wrong in the same way.
  private func agreement(_ size: TransferMatrix.Size) -> [String] {
    var (same, wrong, byChance) = (0, 0, 0.0)
    for (source, row) in panel(size, .attack).enumerated() {
      for (target, cell) in row.cells.enumerated() where target != source {
        same += cell.agreement.count
        wrong += cell.agreement.total
        byChance += (cell.agreementByChance ?? 0) * Double(cell.agreement.total)
      }
    }
    guard wrong > 0 else { return ["  no image fooled both networks of a pair"] }
    return [
      "  where both of a pair are fooled they name the same wrong class in "
        + "\(Self.percent(Proportion(same, of: wrong))) of \(wrong) cases; "
        + "by chance, given their wrong answers: \(String(format: "%.1f %%", 100 * byChance / Double(wrong)))"
    ]
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  package static func points(_ share: Double?) -> String {
    guard let share else { return "–" }
    let text = String(format: "%.1f", 100 * share)
    return text == "-0.0" ? "0.0" : text.replacing("-", with: "−")
  }

  /// ` [97.8, 99.4]`, Wilson's.
  private static func interval(_ proportion: Proportion) -> String {
    proportion.interval95.map { " [\(points($0.lowerBound)), \(points($0.upperBound))]" } ?? ""
  }

  private static func percent(_ proportion: Proportion) -> String { "\(points(proportion.value)) %" }
}
