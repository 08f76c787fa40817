/// What the organiser sees while a study runs: where everybody is, and sums over all answers so far.
///
/// Exclusions are left to the results, so the sums here are no finding.
public struct StudyProgress: Codable, Equatable, Sendable {
  public struct Participant: Codable, Equatable, Sendable {
    public var pseudonym: String
    /// Reading the instructions, so far no question.
    public var isReading: Bool
    public var answered: Int
    public var count: Int
  }

  public struct Sum: Codable, Equatable, Sendable {
    public var kind: StudyKind
    public var right: Int
    public var answered: Int
    /// Mean rating of the sheets; nil before the first.
    public var rating: Double?
    public var rated: Int
  }

  public var participants: [Participant]
  public var finishedCount: Int
  public var answerCount: Int
  public var sums: [Sum]

  public init(_ files: StudyFiles, _ content: (participants: [StudyParticipant], answers: [StudyAnswer])) {
    let steps = StudySteps(files.design, files.key)
    let byParticipant = Dictionary(grouping: content.answers, by: \.participant)
    let count = files.design.stepCount
    participants = content.participants.map { participant in
      Participant(
        pseudonym: participant.pseudonym, isReading: participant.begunAt == nil,
        answered: byParticipant[participant.number]?.count ?? 0, count: count)
    }
    finishedCount = participants.count { $0.answered == $0.count }
    answerCount = content.answers.count
    let judged = content.participants.flatMap { participant in
      JudgedAnswer.all(
        byParticipant[participant.number] ?? [], steps.steps(of: participant.number), files.key)
    }
    sums = StudyKind.allCases.map { kind in
      let own = judged.filter { $0.direction?.kind == kind }
      let choices = own.filter { $0.part == .choice }
      let ratings = own.filter { $0.part == .sheet }.map { Double($0.answer.value) }
      return Sum(
        kind: kind, right: choices.count { $0.isRight == true }, answered: choices.count,
        rating: ratings.isEmpty ? nil : ratings.reduce(0, +) / Double(ratings.count), rated: ratings.count)
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

  /// - Parameter steps: Of the participant.
  static func all(
    _ answers: [StudyAnswer], _ steps: [StudySteps.Step], _ key: StudyKey
  ) -> [JudgedAnswer] {
    let entries = Dictionary(uniqueKeysWithValues: key.entries.map { ($0.trial, $0) })
    return answers.compactMap { answer in
      guard steps.indices.contains(answer.position), let entry = entries[answer.trial] else { return nil }
      let step = steps[answer.position]
      guard step.trial == answer.trial else { return nil }
      return JudgedAnswer(
        answer: answer, part: entry.part, direction: entry.direction.map { key.directions[$0] },
        directionNumber: entry.direction, question: entry.question,
        isRight: step.leftQuery.map { StudyAnswer.isLeft(answer.value) == ($0 == entry.highQuery) })
    }
  }
}
