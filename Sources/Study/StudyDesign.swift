import Directions
import Inference
import Networks
import Tensors

/// What a study asks and how it will be judged: the content of `study.json`, declared before anybody answers.
public struct StudyDesign: Codable, Equatable, Sendable {
  /// A network whose directions are shown, and the images they rank.
  public struct Network: Codable, Equatable, Sendable {
    public var name: String
    public var modelChecksum: String
    public var dataName: String
    public var dataChecksum: String
    /// Held out from training.
    public var imageCount: Int
    /// "layer relu3 (128 units, after ReLU)".
    public var layer: String
    public var unitCount: Int
    /// Units that had too few different scores to be asked about, among those that were looked at.
    public var passedOverUnits: [String]
  }

  /// Layout of this file and of `key.json`, `trials.json` and the database.
  public static let currentFormat = 1

  public var format: Int
  public var toolVersion: String
  public var seed: UInt64
  public var networks: [Network]
  /// What the high images are told from.
  public var negatives: ChoiceTrials.Variant
  /// K, reference images on each side.
  public var referenceCount: Int
  /// n, questions that exist about a direction; each participant is asked one of them.
  public var questionsPerDirection: Int
  /// Directions of each kind that questions are asked about.
  public var directionsPerKind: Int
  /// Contact sheets of each kind that are rated.
  public var sheetsPerKind: Int
  /// Images on a sheet.
  public var sheetImageCount: Int
  /// Questions to learn by, whose answers are told at once.
  public var practiceCount: Int
  /// Questions with the answer among the references.
  public var catchCount: Int
  /// Smallest difference of interest, in shares of right answers.
  public var margin: Double
  public var rules: ExclusionRules
  /// SHA-256 of `key.json`, so that nobody can change the key after the answers.
  public var keyChecksum: String

  /// Questions of one participant that count: both kinds.
  public var choiceCount: Int { 2 * directionsPerKind }
  /// Sheets that one participant rates: both kinds, and random images.
  public var sheetCount: Int { sheetsPerKind == 0 ? 0 : 2 * sheetsPerKind + randomSheetCount }
  /// Sheets of random images: half as many as of each kind, one at least.
  public var randomSheetCount: Int { sheetsPerKind == 0 ? 0 : max(1, sheetsPerKind / 2) }
  /// Everything that one participant answers.
  public var stepCount: Int { practiceCount + catchCount + choiceCount + sheetCount }
}

/// Whose answers do not count, by the rules of IMI (Zimmermann, Klein, Brendel 2023,
/// "Scale alone does not improve mechanistic interpretability in vision models", <https://arxiv.org/abs/2307.05471>) as their program has them.
public struct ExclusionRules: Codable, Equatable, Sendable {
  /// More than this share of the catch questions is right.
  public var catchShareAbove = 0.6
  /// The instructions were read for longer.
  public var instructionSecondsAbove = 15.0
  /// The questions, practice and sheets left out, took at least so long.
  public var leastSeconds: Double
  /// … and at most so long.
  public var mostSeconds: Double

  /// Seconds that IMI allows for ``standardQuestionCount`` questions.
  static let standardSeconds = 90.0...600.0
  /// 20 questions and 3 catch questions.
  static let standardQuestionCount = 23

  /// - Parameter questionCount: Of one participant, catch questions among them: the allowed time grows with it.
  public init(questionCount: Int) {
    let share = Double(questionCount) / Double(Self.standardQuestionCount)
    leastSeconds = Self.standardSeconds.lowerBound * share
    mostSeconds = Self.standardSeconds.upperBound * share
  }
}

/// What a question is there for. Participants are told practice from the rest, and no more.
public enum StudyPart: String, Codable, CaseIterable, Sendable {
  case practice, choice
  case catchTrial = "catch"
  case sheet
}

/// What a direction is. No participant gets to know it.
public enum StudyKind: String, Codable, CaseIterable, Sendable {
  case neuron
  case randomDirection = "random direction"
  case randomImages = "random images"

  /// For tables: "neurons".
  public var plural: String {
    switch self {
    case .neuron: "neurons"
    case .randomDirection: "random directions"
    case .randomImages: "random images"
    }
  }
}

extension StudyDesign: Checked {
  public func check() throws(CheckFailure) {
    let limit = 10_000
    for (name, count) in [
      ("questionsPerDirection", questionsPerDirection), ("directionsPerKind", directionsPerKind),
    ] {
      try require((1...limit).contains(count), name, "expected 1 to \(limit), found \(count)")
    }
    for (name, count) in [
      ("sheetsPerKind", sheetsPerKind), ("practiceCount", practiceCount), ("catchCount", catchCount),
      ("referenceCount", referenceCount), ("sheetImageCount", sheetImageCount),
    ] {
      try require((0...limit).contains(count), name, "expected 0 to \(limit), found \(count)")
    }
    try require(
      (CoherenceVerdict.leastMargin..<1).contains(margin), "margin",
      "expected a number from \(CoherenceVerdict.leastMargin) to 1, found \(margin)")
  }
}

extension ExclusionRules: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(catchShareAbove, "catchShareAbove")
    for (name, seconds) in [
      ("instructionSecondsAbove", instructionSecondsAbove), ("leastSeconds", leastSeconds),
      ("mostSeconds", mostSeconds),
    ] {
      try requireNotNegative(seconds, name)
    }
  }
}
