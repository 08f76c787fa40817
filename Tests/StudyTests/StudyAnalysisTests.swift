import Foundation
import Inference
import Testing

@testable import Study

@Suite struct StudyAnalysisTests {
  private func results(
    _ study: (design: StudyDesign, key: StudyKey, trials: [StudyTrial]),
    _ content: (participants: [StudyParticipant], answers: [StudyAnswer]), drawCount: Int = 999
  ) throws -> StudyResults {
    try StudyAnalysis(design: study.design, key: study.key, content, drawCount: drawCount).results(files: [])
  }

  @Test("Participants of known accuracy give the expected shares, and the intervals hold them")
  func accuracy() throws {
    let study = MadeUpStudy.make(directions: 12, sheets: 4)
    let content = MadeUpStudy.answers(study.design, study.key, participants: 60, seed: 4) { _, kind in
      kind == .neuron ? 0.9 : 0.6
    }
    let results = try results(study, content)
    #expect(results.includedCount == 60 && results.exclusions.isEmpty)
    for (group, expected) in [
      (StudyEstimate.Group.neurons, 0.9), (.randomDirections, 0.6), (.difference, 0.3),
    ] {
      let estimate = try #require(results.estimate(.right, group))
      // 720 answers: a standard error of 0.011 and 0.018.
      #expect(abs(try #require(estimate.value) - expected) < 0.06)
      #expect(try #require(estimate.interval).contains(expected))
    }
    // All are sure: ±1, so the score is 2 p − 1.
    let share = try #require(results.estimate(.right, .neurons)?.value)
    #expect(abs(try #require(results.estimate(.confidence, .neurons)?.value) - (2 * share - 1)) < 1e-12)
    #expect(results.verdict.conclusion == .neuronsEasier)
    #expect(results.verdict.wording == "neurons easier to read")
  }

  @Test("Who are always right or always wrong give exactly 1 and 0, and a verdict without a spread")
  func extremes() throws {
    let study = MadeUpStudy.make()
    let content = MadeUpStudy.answers(study.design, study.key, participants: 9) { _, kind in
      kind == .neuron ? 0 : 1
    }
    let results = try results(study, content)
    #expect(results.estimate(.right, .neurons)?.value == 0)
    #expect(results.estimate(.right, .randomDirections)?.value == 1)
    #expect(results.estimate(.confidence, .difference)?.value == -2)
    #expect(
      results.estimate(.right, .difference)?.interval == ConfidenceInterval(lower: -1, upper: -1, level: 0.95)
    )
    #expect(results.verdict.conclusion == .neuronsHarder)
  }

  @Test(
    "Equal skills and many answers are equivalent; few answers decide nothing and say how many more would")
  func verdicts() throws {
    let study = MadeUpStudy.make(directions: 20, sheets: 1)
    let many = try results(
      study, MadeUpStudy.answers(study.design, study.key, participants: 80, seed: 2) { _, _ in 0.8 })
    #expect(many.verdict.conclusion == .equivalent, "\(many.verdict.sentence)")
    #expect(many.verdict.wording == "equivalent within ±0.10")
    let few = MadeUpStudy.make(directions: 3, sheets: 1)
    let open = try results(
      few, MadeUpStudy.answers(few.design, few.key, participants: 9, seed: 5) { _, _ in 0.6 })
    #expect(open.verdict.conclusion == .inconclusive, "\(open.verdict.sentence)")
    let further = try #require(open.verdict.furtherParticipantCount)
    #expect(further > 0 && open.verdict.wording == "inconclusive, need about \(further) more participants")
    let seven = try results(
      study, MadeUpStudy.answers(study.design, study.key, participants: 7) { _, _ in 0.8 })
    #expect(seven.verdict.wording == "no verdict from 7 participants, need 1 more participant")
    #expect(seven.estimate(.right, .neurons)?.interval == nil)
    let nobody = try results(study, ([], []))
    #expect(
      nobody.verdict.conclusion == .tooFewParticipants && nobody.estimate(.right, .neurons)?.value == nil)
  }

  @Test("Ratings that rise with the kind tell all apart, equal ones none, and the mean is the mean")
  func ratings() throws {
    let study = MadeUpStudy.make()
    func results(_ rating: @escaping (StudyKind) -> Int) throws -> StudyResults {
      try self.results(
        study,
        MadeUpStudy.answers(
          study.design, study.key, participants: 8, skill: { _, _ in 0.7 },
          rating: { _, kind in rating(kind) }))
    }
    let apart = try results { $0 == .neuron ? 5 : $0 == .randomDirection ? 2 : 1 }
    #expect(apart.estimate(.discrimination, .difference)?.value == 1)
    #expect(apart.estimate(.rating, .neurons)?.value == 5)
    #expect(apart.estimate(.rating, .randomImages)?.value == 1)
    #expect(apart.estimate(.rating, .difference)?.value == 3)
    #expect(try results { _ in 3 }.estimate(.discrimination, .difference)?.value == 0.5)
    #expect(try results { $0 == .neuron ? 1 : 2 }.estimate(.discrimination, .difference)?.value == 0)
  }

  @Test("Each exclusion rule finds its participant, with the reason, and the others stay")
  func exclusions() throws {
    let study = MadeUpStudy.make()
    var content = MadeUpStudy.answers(study.design, study.key, participants: 14) { _, _ in 0.7 }
    let entries = Dictionary(uniqueKeysWithValues: study.key.entries.map { ($0.trial, $0) })
    func change(_ participant: Int, _ body: (inout StudyAnswer) -> Void) {
      for place in content.answers.indices where content.answers[place].participant == participant {
        body(&content.answers[place])
      }
    }
    // 0: two of three catch questions wrong. 1: read for 15 s. 2: too fast. 3: too slow. 4: always left. 5: stopped.
    var wrong = 0
    change(0) { answer in
      guard entries[answer.trial]?.part == .catchTrial, wrong < 2 else { return }
      wrong += 1
      answer.value = 7 - answer.value
    }
    content.participants[1].begunAt = 1015
    change(2) { $0.answeredAt = 1040 + 0.5 * Double($0.position) }
    change(3) { $0.answeredAt = 1040 + 60 * Double($0.position) }
    change(4) { answer in if entries[answer.trial]?.part != .sheet { answer.value = 1 } }
    content.answers.removeAll { $0.participant == 5 && $0.position > 10 }
    let analysis = try StudyAnalysis(design: study.design, key: study.key, content, drawCount: 99)
    let reasons = analysis.records.map(\.reasons)
    #expect(reasons[0] == [.catchQuestions])
    #expect(reasons[1] == [.instructions])
    #expect(reasons[2] == [.tooFast])
    #expect(reasons[3] == [.tooSlow])
    #expect(reasons[4].contains(.oneSide))
    #expect(reasons[5] == [.unfinished])
    #expect(reasons.dropFirst(6).joined().isEmpty)
    let results = analysis.results(files: [])
    #expect(results.joinedCount == 14 && results.finishedCount == 13 && results.includedCount == 8)
    #expect(results.exclusions.first { $0.reason == .tooSlow }?.count == 1)
    #expect(results.estimate(.right, .neurons)?.answerCount == 8 * 6)
    #expect(results.estimate(.right, .neurons, ofAllFinished: true)?.answerCount == 13 * 6)
    #expect(results.lines.joined(separator: "\n").contains("14 joined, 13 finished, answers of 8 count"))
  }

  @Test("A clock that was set back excludes nobody for it, and is told with the number of those concerned")
  func clockSetBack() throws {
    let study = MadeUpStudy.make()
    var content = MadeUpStudy.answers(study.design, study.key, participants: 10) { _, _ in 0.7 }
    // 0: while the instructions were read. 1: by five minutes among the questions. 2: at the first sheet, which no
    // rule is about.
    content.participants[0].begunAt = 700
    for place in content.answers.indices {
      let answer = content.answers[place]
      if answer.participant == 0 { content.answers[place].answeredAt -= 300 }
      if answer.participant == 1, answer.position > 8 { content.answers[place].answeredAt -= 300 }
      if answer.participant == 2, answer.position >= 3 + 15 { content.answers[place].answeredAt -= 300 }
    }
    let analysis = try StudyAnalysis(design: study.design, key: study.key, content, drawCount: 99)
    #expect(analysis.records.allSatisfy { $0.counts })
    #expect(analysis.records[0].instructionSeconds == nil && analysis.records[0].questionSeconds != nil)
    #expect(analysis.records[1].instructionSeconds == 30 && analysis.records[1].questionSeconds == nil)
    #expect(analysis.records.map(\.wasClockSetBack) == [true, true] + Array(repeating: false, count: 8))
    let results = analysis.results(files: [])
    #expect(results.clockSetBackCount == 2)
    #expect(
      results.lines.contains(
        "  the server's clock was set back, times not known, no rule about time applied: 2"))
  }

  @Test("The allowed time of IMI's 23 questions is 90 to 600 seconds, and grows with the questions")
  func rules() {
    #expect(ExclusionRules(questionCount: 23).leastSeconds == 90)
    #expect(ExclusionRules(questionCount: 23).mostSeconds == 600)
    #expect(ExclusionRules(questionCount: 46).mostSeconds == 1200)
  }

  @Test("Six buttons: three to the left, three to the right, surest at the ends")
  func buttons() {
    #expect((1...6).map { StudyAnswer.isLeft($0) } == [true, true, true, false, false, false])
    #expect((1...6).map { StudyAnswer.confidence($0) } == [3, 2, 1, 1, 2, 3])
  }
}
