/// Puts answers beside what they were about. It knows the key.
struct StudyJudge {
  private let steps: StudySteps
  private let entries: [String: StudyKey.Entry]
  private let directions: [StudyKey.Direction]

  init(_ design: StudyDesign, _ key: StudyKey) {
    steps = StudySteps(design, key)
    entries = Dictionary(uniqueKeysWithValues: key.entries.map { ($0.trial, $0) })
    directions = key.directions
  }

  /// - Parameters:
  ///   - answers: Of one participant.
  ///   - participant: Number of the participant.
  /// - Throws: ``ForeignAnswer`` for one to something that this participant was not asked at that place.
  func judged(_ answers: [StudyAnswer], of participant: Int) throws -> [JudgedAnswer] {
    guard !answers.isEmpty else { return [] }
    let steps = steps.steps(of: participant)
    return try answers.map { answer in
      guard steps.indices.contains(answer.position), steps[answer.position].trial == answer.trial,
        let entry = entries[answer.trial]
      else { throw ForeignAnswer(answer: answer) }
      return JudgedAnswer(
        answer: answer, part: entry.part, direction: entry.direction.map { directions[$0] },
        directionNumber: entry.direction, question: entry.question,
        isRight: steps[answer.position].leftQuery.map {
          StudyAnswer.isLeft(answer.value) == ($0 == entry.highQuery)
        })
    }
  }
}

/// An answer beside what it was about.
struct JudgedAnswer: Sendable {
  let answer: StudyAnswer
  let part: StudyPart
  let direction: StudyKey.Direction?
  /// Its place in the key.
  let directionNumber: Int?
  let question: Int?
  /// nil of a sheet.
  let isRight: Bool?

  /// −1 (sure and wrong) to 1 (sure and right): ±confidence / 3; nil of a sheet.
  var confidenceScore: Double? {
    isRight.map { ($0 ? 1 : -1) * Double(StudyAnswer.confidence(answer.value)) / 3 }
  }
}

/// An answer in the file of answers that this study cannot have been given.
public struct ForeignAnswer: Error, CustomStringConvertible {
  package let answer: StudyAnswer

  public var description: String {
    "\(AnswerStore.fileName) holds an answer of participant \(answer.participant) to trial \(answer.trial) at place "
      + "\(answer.position + 1), where this study asks something else"
  }
}
