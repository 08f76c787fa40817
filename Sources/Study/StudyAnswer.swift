import Tensors

/// What a participant said to one question.
///
/// To a question, the six buttons from left to right:
///
///     1 left, sure   2 left   3 left, guessing   4 right, guessing   5 right   6 right, sure
///
/// To a sheet, 1 (nothing in common) to 5 (clearly one thing in common).
public struct StudyAnswer: Codable, Equatable, Sendable {
  /// Number of the participant.
  public var participant: Int
  /// Among the participant's steps, from 0.
  public var position: Int
  public var trial: String
  public var value: Int
  /// From the moment the pictures were drawn to the answer, by the participant's browser.
  public var milliseconds: Int
  /// Seconds since 1970, by the server.
  public var answeredAt: Double

  /// A reaction time beyond a day is none.
  static let longestMilliseconds = 86_400_000

  /// Answers that there are to a part.
  public static func values(of part: StudyPart) -> ClosedRange<Int> { part == .sheet ? 1...5 : 1...6 }

  /// Whether an answer to a question chose the left query.
  static func isLeft(_ value: Int) -> Bool { value <= 3 }

  /// 1 guessing, 2, 3 sure.
  package static func confidence(_ value: Int) -> Int { isLeft(value) ? 4 - value : value - 3 }
}

/// Somebody who takes part.
public struct StudyParticipant: Codable, Equatable, Sendable {
  /// In the order of joining, from 0.
  public var number: Int
  /// Given by the server; it says nothing about the person.
  public var pseudonym: String
  /// Seconds since 1970: when the instructions were shown.
  public var joinedAt: Double
  /// When they had been read; nil before.
  public var begunAt: Double?
}

extension StudyAnswer: Checked {
  public func check() throws(CheckFailure) {
    try require(participant >= 0, "participant", "a participant is counted from 0, found \(participant)")
    try require(position >= 0, "position", "a question is counted from 0, found \(position)")
    try require((1...6).contains(value), "value", "an answer is 1 to 6, found \(value)")
    try require(
      (0...Self.longestMilliseconds).contains(milliseconds), "milliseconds",
      "expected 0 to \(Self.longestMilliseconds), found \(milliseconds)")
    try requireMoment(answeredAt, "answeredAt")
  }
}

extension StudyParticipant: Checked {
  public func check() throws(CheckFailure) {
    try require(
      (0..<StudyRoom.participantLimit).contains(number), "number",
      "expected 0 to \(StudyRoom.participantLimit - 1), found \(number)")
    try requireMoment(joinedAt, "joinedAt")
    try requireMoment(begunAt, "begunAt")
  }
}

extension Checked {
  /// Seconds since 1970 that a calendar of four-digit years can show.
  fileprivate func requireMoment(_ seconds: Double?, _ property: String) throws(CheckFailure) {
    guard let seconds else { return }
    try require(
      (0..<253_402_300_800).contains(seconds), property, "\(seconds) is no time in seconds since 1970")
  }
}
