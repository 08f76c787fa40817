import Tensors

/// One participant, counted: what the exclusion rules ask and what the estimates add up.
///
/// The row of `participants.csv`.
public struct ParticipantRecord: Equatable, Sendable {
  /// Why answers do not count.
  public enum Reason: String, Codable, CaseIterable, Sendable {
    case unfinished = "did not finish"
    case catchQuestions = "too few control questions right"
    case instructions = "instructions read too fast"
    case tooFast = "questions answered too fast"
    case tooSlow = "questions answered too slowly"
    case oneSide = "always the same side"
  }

  /// Sums over the answers to one kind of direction.
  public struct Sums: Equatable, Sendable {
    public var right = 0
    public var answered = 0
    /// Of ±confidence / 3.
    public var confidence = 0.0
    public var ratings: [Int] = []
    public var milliseconds: [Int] = []
  }

  public let participant: StudyParticipant
  public let answerCount: Int
  public let catchRight: Proportion
  public let practiceRight: Proportion
  /// nil before they have been read, and where the clock was set back meanwhile.
  public let instructionSeconds: Double?
  /// From the last practice answer to the last question, control questions among them; nil before, and where the clock
  /// was set back meanwhile.
  public let questionSeconds: Double?
  /// A later moment has an earlier time: the seconds are not known, and no rule about time excludes for them.
  public let wasClockSetBack: Bool
  /// Answers for the left and for the right query, practice left out.
  public let leftCount: Int
  public let rightCount: Int
  /// In the order of ``StudyKind``.
  public let sums: [StudyKind: Sums]
  /// Empty: the answers count.
  public let reasons: [Reason]

  public var counts: Bool { reasons.isEmpty }

  init(_ participant: StudyParticipant, _ answers: [JudgedAnswer], _ design: StudyDesign) {
    self.participant = participant
    answerCount = answers.count
    func share(_ part: StudyPart) -> Proportion {
      let given = answers.filter { $0.part == part }
      return Proportion(given.count { $0.isRight == true }, of: given.count)
    }
    (catchRight, practiceRight) = (share(.catchTrial), share(.practice))
    let isReadingKnown = participant.begunAt.map { $0 >= participant.joinedAt } ?? true
    instructionSeconds = isReadingKnown ? participant.begunAt.map { $0 - participant.joinedAt } : nil
    let questions = answers.filter { $0.part == .choice || $0.part == .catchTrial }
    let start = answers.last { $0.part == .practice }?.answer.answeredAt ?? participant.begunAt
    let times = [start].compactMap(\.self) + questions.map(\.answer.answeredAt)
    let isAnsweringKnown = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
    if isAnsweringKnown, let start, let end = questions.last?.answer.answeredAt {
      questionSeconds = end - start
    } else {
      questionSeconds = nil
    }
    wasClockSetBack = !isReadingKnown || !isAnsweringKnown
    leftCount = questions.count { StudyAnswer.isLeft($0.answer.value) }
    rightCount = questions.count - leftCount
    sums = Dictionary(
      uniqueKeysWithValues: StudyKind.allCases.map { kind in
        (kind, Self.sums(answers.filter { $0.direction?.kind == kind }))
      })

    var reasons: [Reason] = []
    let rules = design.rules
    if answers.count < design.stepCount { reasons.append(.unfinished) }
    if let value = catchRight.value, value <= rules.catchShareAbove { reasons.append(.catchQuestions) }
    if let seconds = instructionSeconds, seconds <= rules.instructionSecondsAbove {
      reasons.append(.instructions)
    }
    if let seconds = questionSeconds, answers.count == design.stepCount {
      if seconds < rules.leastSeconds { reasons.append(.tooFast) }
      if seconds > rules.mostSeconds { reasons.append(.tooSlow) }
    }
    if answers.count == design.stepCount, leftCount == 0 || rightCount == 0 { reasons.append(.oneSide) }
    self.reasons = reasons
  }

  private static func sums(_ answers: [JudgedAnswer]) -> Sums {
    var sums = Sums()
    for answer in answers {
      if let isRight = answer.isRight {
        sums.answered += 1
        sums.right += isRight ? 1 : 0
        sums.confidence += answer.confidenceScore ?? 0
        sums.milliseconds.append(answer.answer.milliseconds)
      } else {
        sums.ratings.append(answer.answer.value)
      }
    }
    return sums
  }
}
