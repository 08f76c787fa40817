import Adversarial
import Figures
import Foundation
import Lab
import Storage
import Tensors

/// What substitutes that were trained on a black box's labels can do to it.
public struct SubstituteResults: Codable, Equatable, Sendable {
  /// A substitute after one round.
  public struct Round: Codable, Equatable, Sendable {
    public var queryCount: Int
    /// Images of which it says what the black box says, of those attacked.
    public var agreement: Proportion
    /// Images that it gets right.
    public var accuracy: Proportion
    /// Images that fool the black box, made for the substitute, of those that the black box gets right.
    public var success: Proportion
  }

  /// One that was asked about, and what it became from round to round.
  struct AskedImage: Codable, Equatable, Sendable {
    var label: Int
    var pixels: [[Float]]
    /// Of the black box.
    var answers: [Int]
  }

  public var dataName: String
  public var modelName: String
  public var modelChecksum: String
  public var substitute: String
  public var attack: TransferAttack
  public var epsilon: Float
  public var imageCount: Int
  public var seedImageCount: Int
  /// Held-out images that seeds are taken from.
  public var ownedImageCount: Int
  /// The same attack on the black box itself, whose gradient it then knows.
  public var whiteBox: Proportion
  /// Random signs of the same size.
  public var noise: Proportion
  /// Of each substitute its rounds.
  public var substitutes: [[Round]]

  /// What is a substitute's own.
  public var differences: String {
    if substitutes.count == 1 || ownedImageCount >= substitutes.count * seedImageCount {
      return "each with seed images and weights of its own"
    }
    return "each with weights of its own, "
      + (ownedImageCount == seedImageCount
        ? "all with the same seed images" : "with seed images that they share in part")
  }

  package static let tableName = "substitute.csv"

  /// Mean over substitutes of a share after each round, with Student's 95 % interval; nil of those without a value.
  package func means(_ share: (Round) -> Proportion) -> [(queries: Int, mean: MeanWithInterval)] {
    guard let first = substitutes.first else { return [] }
    return first.indices.compactMap { round in
      MeanWithInterval(substitutes.compactMap { share($0[round]).value }).map {
        (first[round].queryCount, $0)
      }
    }
  }

  package var table: CSVWriter {
    var table = CSVWriter(
      columns: ["substitute", "round", "queries"] + CSVWriter.columns(counted: "success")
        + CSVWriter.columns(counted: "agreement") + CSVWriter.columns(counted: "accuracy"))
    for (number, rounds) in substitutes.enumerated() {
      for (place, round) in rounds.enumerated() {
        table.append(
          [number + 1, place, round.queryCount] + CSVWriter.fields(counted: round.success)
            + CSVWriter.fields(counted: round.agreement) + CSVWriter.fields(counted: round.accuracy))
      }
    }
    return table
  }

  /// What was found, denominators stated.
  public var sentences: [String] {
    let (success, agreement) = (means(\.success), means(\.agreement))
    guard let first = success.first, let last = success.last, let likeness = agreement.last else {
      return ["The black box is right about no image of \(imageCount): there is nothing to attack."]
    }
    let budget = "\(attack.words), L∞ ≤ \(Numbers.epsilon(epsilon))"
    return [
      "with \(last.queries) queries \(substitute) learns to say what the black box says of \(Self.text(likeness.mean)) of "
        + "\(imageCount) held-out images (\(Self.substitutes(likeness.mean)))",
      "images made for it (\(budget)) fool the black box in \(Self.text(last.mean)) of \(whiteBox.total) cases"
        + (success.count > 1 ? "; after \(first.queries) queries it was \(Self.text(first.mean))" : ""),
      "the same attack on the black box itself: \(whiteBox.rate); random signs of that size: "
        + noise.rate,
    ]
  }

  package static func text(_ mean: MeanWithInterval) -> String {
    let interval = mean.interval95.map {
      String(format: " [%.1f, %.1f]", 100 * max($0[0], 0), 100 * min($0[1], 1))
    }
    return String(format: "%.1f %%", 100 * mean.mean) + (interval ?? mean.remark)
  }

  private static func substitutes(_ mean: MeanWithInterval) -> String {
    mean.count == 1
      ? "one substitute, no interval" : "mean of \(mean.count) substitutes, Student's 95 % interval over them"
  }
}

extension SubstituteResults: Checked {
  public func check() throws(CheckFailure) {
    for rounds in substitutes {
      try requireCount(rounds.count, substitutes[0].count, "substitutes")
    }
  }
}
