import Testing

@testable import Study

@Suite struct StudyStepsTests {
  private let study = MadeUpStudy.make()

  @Test("A participant is asked each part in full, practice first and sheets last, and no trial twice")
  func parts() {
    for participant in 0..<12 {
      let steps = StudySteps(study.design, study.key).steps(of: participant)
      #expect(steps.count == study.design.stepCount)
      #expect(Set(steps.map(\.trial)).count == steps.count)
      #expect(steps.prefix(3).allSatisfy { $0.part == .practice })
      #expect(steps.dropFirst(3).prefix(15).allSatisfy { $0.part == .choice || $0.part == .catchTrial })
      #expect(steps.count { $0.part == .catchTrial } == 3)
      #expect(steps.suffix(study.design.sheetCount).allSatisfy { $0.part == .sheet && $0.leftQuery == nil })
    }
  }

  @Test("Each direction of both kinds is asked about once, and n participants see all n questions about it")
  func directions() {
    let steps = StudySteps(study.design, study.key)
    let entries = Dictionary(uniqueKeysWithValues: study.key.entries.map { ($0.trial, $0) })
    var seen: [Int: [Int]] = [:]
    for participant in 0..<study.design.questionsPerDirection {
      let asked = steps.steps(of: participant).filter { $0.part == .choice }.compactMap { entries[$0.trial] }
      let directions = asked.compactMap(\.direction)
      #expect(Set(directions).count == 12 && directions.count == 12)
      let kinds = directions.map { study.key.directions[$0].kind }
      #expect(kinds.count { $0 == .neuron } == 6 && kinds.count { $0 == .randomDirection } == 6)
      for entry in asked { seen[entry.direction!, default: []].append(entry.question!) }
    }
    for questions in seen.values { #expect(questions.sorted() == [0, 1, 2, 3, 4]) }
  }

  @Test("In half of each kind's questions the right answer is on the left")
  func sides() {
    let steps = StudySteps(study.design, study.key)
    let entries = Dictionary(uniqueKeysWithValues: study.key.entries.map { ($0.trial, $0) })
    var leftOfCatches = 0
    for participant in 0..<40 {
      for kind in [StudyKind.neuron, .randomDirection] {
        let asked = steps.steps(of: participant).filter {
          $0.part == .choice && study.key.directions[entries[$0.trial]!.direction!].kind == kind
        }
        #expect(asked.count { $0.leftQuery == entries[$0.trial]!.highQuery } == 3)
      }
      let catches = steps.steps(of: participant).filter { $0.part == .catchTrial }
      let left = catches.count { $0.leftQuery == entries[$0.trial]!.highQuery }
      #expect(left == 1 || left == 2)
      leftOfCatches += left
    }
    // Of three, one or two: neither side is always the rarer.
    #expect(45...75 ~= leftOfCatches)
  }

  @Test("The order follows from seed and participant: the same again, another for others, both kinds mixed")
  func order() {
    let steps = StudySteps(study.design, study.key)
    #expect(steps.steps(of: 3) == StudySteps(study.design, study.key).steps(of: 3))
    #expect(steps.steps(of: 3) != steps.steps(of: 4))
    var other = study.design
    other.seed = 12
    #expect(StudySteps(other, study.key).steps(of: 3) != steps.steps(of: 3))
    // Over many participants every place has neurons in about half of its questions.
    let entries = Dictionary(uniqueKeysWithValues: study.key.entries.map { ($0.trial, $0) })
    for place in 3..<18 {
      let neurons = (0..<200).count { participant in
        entries[steps.steps(of: participant)[place].trial]!.direction.map {
          study.key.directions[$0].kind == .neuron
        } ?? false
      }
      // 6 of 15 places: 80 expected, standard deviation 7.
      #expect(45...115 ~= neurons, "place \(place): \(neurons)")
    }
  }
}
