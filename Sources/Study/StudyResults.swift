import Foundation
import Inference
import Storage

/// What came out of a study.
public struct StudyResults: Codable, Equatable, Sendable {
  /// Why participants do not count, and how many for this reason; one may have several.
  public struct Exclusion: Codable, Equatable, Sendable {
    public var reason: ParticipantRecord.Reason
    public var count: Int
  }

  public var design: StudyDesign
  public var joinedCount: Int
  public var finishedCount: Int
  /// Their answers count.
  public var includedCount: Int
  public var exclusions: [Exclusion]
  /// Participants during whose part the server's clock was set back; nil: none.
  public var clockSetBackCount: Int?
  public var verdict: StudyVerdict
  /// Of those whose answers count.
  public var estimates: [StudyEstimate]
  /// Of everybody who finished, the rules notwithstanding.
  public var estimatesOfAllFinished: [StudyEstimate]
  /// Of everybody who finished.
  public var verdictOfAllFinished: StudyVerdict
  public var files: [String]

  public func estimate(
    _ measure: StudyEstimate.Measure, _ group: StudyEstimate.Group, ofAllFinished: Bool = false
  ) -> StudyEstimate? {
    (ofAllFinished ? estimatesOfAllFinished : estimates).first { $0.measure == measure && $0.group == group }
  }
}

/// The answers of a study, judged.
public struct StudyAnalysis: Sendable {
  public let design: StudyDesign
  public let key: StudyKey
  public let records: [ParticipantRecord]
  /// In the order of participants and positions, with the participant.
  let answers: [(participant: StudyParticipant, judged: JudgedAnswer)]
  private let drawCount: Int

  /// - Throws: ``ForeignAnswer``.
  public init(
    _ files: StudyFiles, _ content: (participants: [StudyParticipant], answers: [StudyAnswer])
  ) throws {
    try self.init(design: files.design, key: files.key, content)
  }

  init(
    design: StudyDesign, key: StudyKey, _ content: (participants: [StudyParticipant], answers: [StudyAnswer]),
    drawCount: Int = 9_999
  ) throws {
    (self.design, self.key, self.drawCount) = (design, key, drawCount)
    let judge = StudyJudge(design, key)
    let given = Dictionary(grouping: content.answers, by: \.participant)
    let judged = try content.participants.map { participant in
      (participant, try judge.judged(given[participant.number] ?? [], of: participant.number))
    }
    records = judged.map { ParticipantRecord($0, $1, design) }
    answers = judged.flatMap { participant, answers in answers.map { (participant, $0) } }
  }

  /// - Parameter files: Names that stand in the results.
  public func results(files: [String]) -> StudyResults {
    let finished = records.filter { !$0.reasons.contains(.unfinished) }
    let included = records.filter(\.counts)
    let setBackCount = records.count(where: \.wasClockSetBack)
    return StudyResults(
      design: design, joinedCount: records.count, finishedCount: finished.count,
      includedCount: included.count,
      exclusions: ParticipantRecord.Reason.allCases.compactMap { reason in
        let count = records.count { $0.reasons.contains(reason) }
        return count > 0 ? StudyResults.Exclusion(reason: reason, count: count) : nil
      },
      clockSetBackCount: setBackCount > 0 ? setBackCount : nil,
      verdict: verdict(of: included), estimates: estimates(of: included).all,
      estimatesOfAllFinished: estimates(of: finished).all, verdictOfAllFinished: verdict(of: finished),
      files: files)
  }

  private func estimates(of records: [ParticipantRecord]) -> StudyEstimates {
    StudyEstimates(records: records, seed: design.seed, drawCount: drawCount)
  }

  private func verdict(of records: [ParticipantRecord]) -> StudyVerdict {
    let estimates = estimates(of: records)
    let effects = records.compactMap(StudyEstimates.difference)
    return StudyVerdict(
      effect: effects.isEmpty ? nil : estimates.difference, effects: effects,
      interval: estimates.differenceInterval(level: 0.95),
      equivalenceInterval: estimates.differenceInterval(level: 0.9), participantCount: records.count,
      margin: design.margin)
  }
}
