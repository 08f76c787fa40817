import Tensors

/// Everything that a participant's browser is told. Nothing in it depends on what a trial is about: a control
/// question is a question like the others, and of a direction there is no word.
public struct StudyView: Codable, Equatable, Sendable {
  public enum Stage: String, Codable, Sendable {
    case welcome, instructions, question, end
  }

  /// What a participant tells apart.
  public enum Part: String, Codable, Sendable {
    case practice, choice, sheet

    package init(_ part: StudyPart) {
      self =
        switch part {
        case .practice: .practice
        case .choice, .catchTrial: .choice
        case .sheet: .sheet
        }
    }
  }

  public struct Question: Codable, Equatable, Sendable {
    public var trial: String
    public var part: Part
    /// Within the part, from 1.
    public var number: Int
    /// Of the part.
    public var count: Int
    /// Address of the picture: tiles side by side.
    public var picture: String
    public var tileCount: Int
    public var tileWidth: Int
    public var tileHeight: Int
    /// K: the first K tiles are group A, the next K group B; nil of a sheet.
    public var referenceCount: Int?
    /// Tiles of the two queries; nil of a sheet.
    public var leftTile: Int?
    public var rightTile: Int?
    /// 1: the first answer was undone; else 0. To be sent with the answer.
    public var attempt: Int
    /// The trial before this one, as long as its answer can be undone.
    public var undoTrial: String?
    /// Until the time for all questions is over, 0 afterwards; nil outside the questions that are timed, and where the
    /// clock was set back.
    public var secondsLeft: Int?
  }

  /// Whose answers count, told before anybody answers: the study's ``ExclusionRules`` in numbers that people can follow.
  public struct Rules: Codable, Equatable, Sendable {
    /// The instructions must be read for longer.
    public var instructionSeconds: Double
    public var controlCount: Int
    /// Correct answers among them that are needed.
    public var controlNeeded: Int
    /// For all questions together, practice and sheets left out.
    public var leastSeconds: Double
    public var mostSeconds: Double
  }

  /// What a participant learns at the end: how practice and control questions went, and nothing of the rest.
  public struct Score: Codable, Equatable, Sendable {
    public var practiceRight: Int
    public var practiceCount: Int
    public var controlRight: Int
    public var controlCount: Int
  }

  public var stage: Stage
  public var pseudonym: String?
  public var referenceCount: Int
  public var practiceCount: Int
  /// Control questions among them.
  public var choiceCount: Int
  public var sheetCount: Int
  public var sheetImageCount: Int
  /// What the whole takes at about 12 seconds a question and 8 a sheet.
  public var minutes: Int
  public var rules: Rules
  public var question: Question?
  public var score: Score?
}

extension StudyView.Rules {
  init(_ design: StudyDesign) {
    let rules = design.rules
    let needed = (0...design.catchCount).first {
      Proportion($0, of: design.catchCount).value.map { $0 > rules.catchShareAbove } ?? true
    }
    self.init(
      instructionSeconds: rules.instructionSecondsAbove, controlCount: design.catchCount,
      // A share that cannot be exceeded excludes everybody, however many are correct.
      controlNeeded: needed ?? design.catchCount, leastSeconds: rules.leastSeconds,
      mostSeconds: rules.mostSeconds)
  }
}

/// What a participant's browser sends.
public struct StudyReply: Codable, Equatable, Sendable {
  public var trial: String
  public var value: Int
  public var milliseconds: Int
  /// As the question said; nil: 0.
  public var attempt: Int?

  public struct Acknowledgement: Codable, Equatable, Sendable {
    public var trial: String
    /// The answer that counts: the first one given to this trial, or to this attempt at it.
    public var value: Int
    /// Of practice alone.
    public var isRight: Bool?
    public var next: StudyView
  }
}

/// What a participant's browser sends to take the latest answer back.
public struct StudyUndo: Codable, Equatable, Sendable {
  public var trial: String
}
