import Adversarial
import Figures
import Inference
import Lab
import Networks
import Tensors

/// What images made for each of several networks do to all of them.
public struct TransferResults: Codable, Equatable, Sendable {
  public struct Network: Codable, Equatable, Sendable {
    public var name: String
    public var modelChecksum: String
    /// On all held-out images.
    public var accuracy: Proportion
    /// How many it was trained on; nil where that is not known here.
    public var trainingCount: Int?
    /// The attack on it, as made.
    public var attack: EvaluationSummary
  }

  /// Whether transfer goes with how equally good two networks are.
  public struct AccuracyGap: Codable, Equatable, Sendable {
    public struct Pair: Codable, Equatable, Sendable {
      public var source: String
      public var target: String
      /// |accuracy of the source − accuracy of the target|, on all held-out images.
      public var gap: Double
      public var error: Proportion
    }

    public var size: TransferMatrix.Size
    public var pairs: [Pair]
    /// nil where there is no rank correlation, see ``PairPermutationTest``.
    public var test: PairPermutationTest?
  }

  public var dataName: String
  public var attack: TransferAttack
  /// Radius in L∞; nil for attacks that look for the smallest perturbation.
  public var epsilon: Float?
  public var goal: AttackGoal
  public var seed: UInt64
  /// Held-out images that all networks were shown.
  public var imageCount: Int
  /// Of how many.
  public var heldOutCount: Int
  public var networks: [Network]
  /// In the order of networks, sizes, directions; cells in the order of networks.
  public var rows: [TransferMatrix.Row]
  public var gaps: [AccuracyGap]

  public var isTargeted: Bool { goal != .untargeted }
  public var names: [String] { networks.map(\.name) }

  /// In the order of the rows.
  public var sizes: [TransferMatrix.Size] { rows.map(\.size).firstOfEach }
  public var directions: [TransferMatrix.Direction] { rows.map(\.direction).firstOfEach }

  /// The rows of one panel, a row for each source.
  public func panel(_ size: TransferMatrix.Size, _ direction: TransferMatrix.Direction) -> [TransferMatrix
    .Row]
  {
    rows.filter { $0.size == size && $0.direction == direction }
  }

  /// Which size says most about transfer: the smallest perturbations hardly do.
  var mainSize: TransferMatrix.Size { attack.isMinimal ? sizes.last ?? .asFound : .asFound }
}

extension TransferResults.AccuracyGap {
  /// - Parameter rows: Of the attack at one size, a row for each network, in their order.
  init(
    _ size: TransferMatrix.Size, rows: [TransferMatrix.Row], networks: [TransferResults.Network], seed: UInt64
  ) {
    self.size = size
    let accuracies = networks.map { $0.accuracy.value ?? 0 }
    pairs = networks.indices.flatMap { source in
      networks.indices.filter { $0 != source }.map { target in
        Pair(
          source: networks[source].name, target: networks[target].name,
          gap: abs(accuracies[source] - accuracies[target]),
          error: rows[source].cells[target].errorOnBothCorrect)
      }
    }
    let errors = rows.map { $0.cells.map { $0.errorOnBothCorrect.value } }
    let isWhole = pairs.allSatisfy { $0.error.value != nil }
    test =
      isWhole
      ? PairPermutationTest(of: accuracies, outcomes: errors.map { $0.map { $0 ?? 0 } }, seed: seed) : nil
  }

  /// Words that are fixed before the numbers are known.
  public var sentence: String {
    let count = Set(pairs.map(\.source)).count
    guard let test else {
      return
        "no rank correlation: it needs at least three networks of different accuracy and transfer, there are \(count)"
    }
    let permutations =
      test.isExact ? "all \(test.permutationCount)" : "\(test.permutationCount)"
    let p = Numbers.p(test.p)
    let head =
      "Spearman's ρ = \(Numbers.threeDecimals(test.correlation, signed: true)) between the gap in accuracy and the error "
      + "over \(pairs.count) ordered pairs, p \(p.hasPrefix("0") ? "= " : "")\(p) by \(permutations) permutations of the networks"
    let rest = "this rests on \(count) networks, not on \(pairs.count) pairs"
    guard test.p <= 0.05 else {
      return "\(head): no relation is shown, nor is its absence; \(rest)"
    }
    return
      "\(head): networks further apart in accuracy transfer \(test.correlation < 0 ? "less" : "more"); \(rest)"
  }
}

extension TransferMatrix.Size {
  public var words: String {
    switch self {
    case .asFound: "as found"
    case .rootMeanSquare(let distortion): "rescaled to \(distortion)"
    }
  }
}

extension TransferMatrix.Direction {
  public var words: String {
    switch self {
    case .attack: "attack"
    case .noise(.gaussian): "Gaussian noise"
    case .noise(.uniform): "uniform noise"
    case .noise(.randomSign): "random signs"
    }
  }
}

extension Array where Element: Equatable {
  /// Each element where it occurs first.
  fileprivate var firstOfEach: [Element] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension TransferResults: Checked {
  public func check() throws(CheckFailure) {
    for row in rows { try requireCount(row.cells.count, networks.count, "rows") }
  }
}
