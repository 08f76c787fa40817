import Adversarial
import Attacks
import Figures
import Inference
import Lab
import Networks
import Tensors

/// The errors of several networks on adversarial examples made for each of them.
public struct TransferResults: Codable, Equatable, Sendable {
  public struct Network: Codable, Equatable, Sendable {
    public var name: String
    public var modelChecksum: String
    /// On all held-out images.
    public var accuracy: Proportion
    /// The number of images that it was trained on; nil for a given model.
    public var trainingCount: Int?
    /// The attack on this network.
    public var attack: EvaluationSummary
  }

  /// Whether the transfer rate depends on the difference in accuracy of source and target.
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
    /// nil when the rank correlation is undefined, see ``PairPermutationTest``.
    public var test: PairPermutationTest?
  }

  public var dataName: String
  public var attack: TransferAttack
  /// The ℓ∞ budget; nil for attacks that search for the smallest perturbation.
  public var epsilon: Float?
  public var goal: AttackGoal
  public var seed: UInt64
  /// The number of held-out images attacked.
  public var imageCount: Int
  /// The number of held-out images they were drawn from.
  public var heldOutCount: Int
  public var networks: [Network]
  /// Rows in the order of sources, sizes, directions; cells in the order of targets.
  public var rows: [TransferMatrix.Row]
  public var gaps: [AccuracyGap]

  public var isTargeted: Bool { goal != .untargeted }
  public var names: [String] { networks.map(\.name) }

  /// The sizes and directions, in the order of the rows.
  public var sizes: [TransferMatrix.Size] { rows.map(\.size).firstOfEach }
  public var directions: [TransferMatrix.Direction] { rows.map(\.direction).firstOfEach }

  /// The rows of one matrix, a row for each source.
  public func panel(_ size: TransferMatrix.Size, _ direction: TransferMatrix.Direction) -> [TransferMatrix
    .Row]
  {
    rows.filter { $0.size == size && $0.direction == direction }
  }

  /// The size that is most informative about transfer: smallest perturbations hardly transfer unscaled.
  var mainSize: TransferMatrix.Size { attack.isMinimal ? sizes.last ?? .asFound : .asFound }
}

extension TransferResults.AccuracyGap {
  /// - Parameter rows: The attack at one size, a row for each network, in their order.
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

  /// The result of the test, with wording that was fixed before the numbers were known.
  var sentence: String {
    let count = Set(pairs.map(\.source)).count
    guard let test else {
      return
        "no rank correlation: it needs at least three networks that differ in accuracy and in transfer rate, got \(count)."
    }
    let permutations =
      test.isExact ? "all \(test.permutationCount)" : "\(test.permutationCount)"
    let p = Numbers.p(test.p)
    let conclusion =
      if test.p > 0.05 {
        "no significant correlation; the data do not rule one out"
      } else {
        "the transfer rate \(test.correlation < 0 ? "falls" : "rises") with the accuracy gap"
      }
    return
      "Spearman's ρ = \(Numbers.threeDecimals(test.correlation, signed: true)) over \(pairs.count) ordered pairs, p "
      + "\(p.hasPrefix("0") ? "= " : "")\(p) by \(permutations) permutations of the networks: \(conclusion). The test rests on "
      + "\(count) networks, not on \(pairs.count) pairs."
  }
}

extension TransferResults {
  /// The mean errors of one matrix.
  struct MeanErrors: Equatable {
    /// On the diagonal: of the networks on adversarial examples made for themselves.
    let own: Double
    /// Off the diagonal: of all ordered pairs of different networks.
    let transferred: Double
    let range: ClosedRange<Double>
    let pairCount: Int

    /// Whether the matrix no longer tells networks apart, because nearly every adversarial example transfers.
    var isSaturated: Bool { own > 0.95 && transferred > 0.95 }
  }

  /// Means over the cells that have images; nil when none is on the diagonal, or none off it.
  func meanErrors(
    _ size: TransferMatrix.Size, _ direction: TransferMatrix.Direction,
    _ share: (TransferCell) -> Proportion = { $0.errorOnBothCorrect }
  ) -> MeanErrors? {
    var (own, transferred): ([Double], [Double]) = ([], [])
    for (source, row) in panel(size, direction).enumerated() {
      for (target, cell) in row.cells.enumerated() {
        guard let value = share(cell).value else { continue }
        if source == target { own.append(value) } else { transferred.append(value) }
      }
    }
    guard !own.isEmpty, let least = transferred.min(), let greatest = transferred.max() else { return nil }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    return MeanErrors(
      own: mean(own), transferred: mean(transferred), range: least...greatest, pairCount: transferred.count)
  }
}

extension TransferMatrix.Size {
  var words: String {
    switch self {
    case .asFound: "unscaled"
    case .rootMeanSquare(let distortion): "rescaled to RMS \(distortion)"
    }
  }
}

extension TransferMatrix.Direction {
  var words: String {
    switch self {
    case .attack: "attack"
    case .noise(.gaussian): "Gaussian noise"
    case .noise(.uniform): "uniform noise"
    case .noise(.randomSign): "random signs"
    }
  }
}

extension Array where Element: Equatable {
  /// The distinct elements, in the order of their first occurrence.
  fileprivate var firstOfEach: [Element] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension TransferResults: Checked {
  public func check() throws(CheckFailure) {
    for row in rows { try requireCount(row.cells.count, networks.count, "rows") }
  }
}
