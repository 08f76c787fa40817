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
  public var question: Question?
  public var score: Score?
}

/// What a participant's browser sends.
public struct StudyReply: Codable, Equatable, Sendable {
  public var trial: String
  public var value: Int
  public var milliseconds: Int

  public struct Acknowledgement: Codable, Equatable, Sendable {
    public var trial: String
    /// The answer that counts: the first one given to this trial.
    public var value: Int
    /// Of practice alone.
    public var isRight: Bool?
    public var next: StudyView
  }
}
