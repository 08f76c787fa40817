import Foundation
import Inference
import TestSupport
import Testing

@testable import Study

/// What each type of a study says of a file that cannot be. Those of everything else are in `RoomsTests`.
@Suite struct CheckedTests {
  @Test("A value that cannot be is refused with its place, by every type that is asked", arguments: cases)
  func refused(_ type: CheckedCase) throws {
    let faults = try type.faults()
    #expect(faults == [])
  }

  @Test("No type that is asked is left out")
  func complete() throws {
    #expect(try CheckedCase.names(in: "Sources/Study") == Self.cases.map(\.name).sorted())
  }

  private static let negative = "expected a number that is not negative, found -1.0"

  static let cases: [CheckedCase] = [
    CheckedCase(
      StudyDesign.self, [:],
      .init("questionsPerDirection", "0", "questionsPerDirection: expected 1 to 10000, found 0"),
      .init("directionsPerKind", "10001", "directionsPerKind: expected 1 to 10000, found 10001"),
      .init("sheetsPerKind", "-1", "sheetsPerKind: expected 0 to 10000, found -1"),
      .init("practiceCount", "10001", "practiceCount: expected 0 to 10000, found 10001"),
      .init("catchCount", "10001", "catchCount: expected 0 to 10000, found 10001"),
      .init("referenceCount", "10001", "referenceCount: expected 0 to 10000, found 10001"),
      .init("sheetImageCount", "10001", "sheetImageCount: expected 0 to 10000, found 10001"),
      .init(
        "margin", "0", "margin: expected a number from \(CoherenceVerdict.leastMargin) to 1, found 0.0"),
      .init(
        "margin", "1", "margin: expected a number from \(CoherenceVerdict.leastMargin) to 1, found 1.0")),
    CheckedCase(
      ExclusionRules.self, [:],
      .init("catchShareAbove", "2", "catchShareAbove: expected a number from 0 to 1, found 2.0"),
      .init("instructionSecondsAbove", "-1", "instructionSecondsAbove: \(negative)"),
      .init("leastSeconds", "-1", "leastSeconds: \(negative)"),
      .init("mostSeconds", "-1", "mostSeconds: \(negative)")),
    CheckedCase(
      StudyAnswer.self, [:],
      .init("participant", "-1", "participant: a participant is counted from 0, found -1"),
      .init("position", "-1", "position: a question is counted from 0, found -1"),
      .init("value", "0", "value: an answer is 1 to 6, found 0"),
      .init("value", "7", "value: an answer is 1 to 6, found 7"),
      .init("milliseconds", "-1", "milliseconds: expected 0 to 86400000, found -1"),
      .init("milliseconds", "86400001", "milliseconds: expected 0 to 86400000, found 86400001"),
      .init("answeredAt", "-1", "answeredAt: -1.0 is no time in seconds since 1970"),
      .init(
        "answeredAt", "253402300800", "answeredAt: 253402300800.0 is no time in seconds since 1970")),
    CheckedCase(
      StudyParticipant.self, [:],
      .init("number", "-1", "number: expected 0 to \(StudyRoom.participantLimit - 1), found -1"),
      .init(
        "number", "\(StudyRoom.participantLimit)",
        "number: expected 0 to \(StudyRoom.participantLimit - 1), found \(StudyRoom.participantLimit)"),
      .init("joinedAt", "-1", "joinedAt: -1.0 is no time in seconds since 1970"),
      .init("begunAt", "-1", "begunAt: -1.0 is no time in seconds since 1970")),
    CheckedCase(
      StudyTrial.self, [:],
      .init("id", #""""#, #"id: "" is no name of a trial"#),
      .init("id", #""../a""#, #"id: "../a" is no name of a trial"#),
      .init("tileWidth", "0", "tileWidth: expected a positive number of pixels, found 0"),
      .init("tileHeight", "0", "tileHeight: expected a positive number of pixels, found 0")),
    CheckedCase(
      StudyKey.self, ["directions.[0].network": "1"],
      .init("directions.[0].network", "-1", "directions: a network is counted from 0, found -1")),
    CheckedCase(
      StudyKey.Entry.self, [:],
      .init("trial", #""a/b""#, #"trial: "a/b" is no name of a trial"#),
      .init("highQuery", "2", "highQuery: there is no 2 among 2, counted from 0"),
      .init("highQuery", "-1", "highQuery: there is no -1 among 2, counted from 0")),
  ]
}
