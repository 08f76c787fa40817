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

  /// - Throws: ``ForeignAnswer``.
  public init(
    _ files: StudyFiles, _ content: (participants: [StudyParticipant], answers: [StudyAnswer])
  ) throws {
    let judge = StudyJudge(files.design, files.key)
    let byParticipant = Dictionary(grouping: content.answers, by: \.participant)
    let count = files.design.stepCount
    participants = content.participants.map { participant in
      Participant(
        pseudonym: participant.pseudonym, isReading: participant.begunAt == nil,
        answered: byParticipant[participant.number]?.count ?? 0, count: count)
    }
    finishedCount = participants.count { $0.answered == $0.count }
    answerCount = content.answers.count
    let judged = try content.participants.flatMap { participant in
      try judge.judged(byParticipant[participant.number] ?? [], of: participant.number)
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
