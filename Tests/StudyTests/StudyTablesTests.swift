import TestSupport
import Testing

@testable import Study

@Suite struct StudyTablesTests {
  @Test("Columns of the tables, and the lines, show what they say")
  func tables() throws {
    let study = MadeUpStudy.make(directions: 4, sheets: 2, questions: 3)
    var content = MadeUpStudy.answers(study.design, study.key, participants: 9, seed: 3) {
      participant, kind in
      kind == .neuron ? 0.9 : 0.2 + 0.05 * Double(participant)
    } rating: { participant, kind in
      kind == .neuron ? 4 : kind == .randomDirection ? 2 : 1 + participant % 2
    }
    let parts = Dictionary(uniqueKeysWithValues: study.key.entries.map { ($0.trial, $0.part) })
    var practiceCount = 0
    for place in content.answers.indices {
      content.answers[place].milliseconds += 37 * place
      content.answers[place].answeredAt += Double(content.answers[place].participant)
      if parts[content.answers[place].trial] == .practice {
        // Every third of them is wrong, and so practice differs from control questions.
        practiceCount += 1
        if practiceCount % 3 == 0 { content.answers[place].value = 7 - content.answers[place].value }
      }
    }
    // One always answers the same, and does not count.
    for place in content.answers.indices where content.answers[place].participant == 7 {
      if parts[content.answers[place].trial] != .sheet { content.answers[place].value = 2 }
    }
    for place in content.participants.indices {
      content.participants[place].begunAt = 1030.25 + Double(place)
    }
    // One leaves early.
    content.answers.removeAll { $0.participant == 5 && $0.position > 9 }
    let analysis = try StudyAnalysis(design: study.design, key: study.key, content, drawCount: 999)
    let results = analysis.results(files: ["a.csv"])
    let tables = StudyTables(analysis: analysis, results: results)
    var pin = Pin()
    pin.add("participants.csv", tables.participants.text)
    pin.add("directions.csv", tables.directions.text)
    pin.add("results.csv", tables.estimates.text)
    pin.add("study.tex", tables.latex)
    pin.add("answers.csv", tables.answers.text.split(separator: "\n").prefix(40).map(String.init))
    pin.add("lines", results.lines)
    try pin.expect("study")
  }
}
