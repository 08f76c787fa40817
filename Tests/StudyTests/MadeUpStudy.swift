import Directions
import Foundation
import Storage
import Tensors

@testable import Lab
@testable import Study

/// A study without networks and images: identifiers and a key, as preparation makes them.
enum MadeUpStudy {
  /// - Parameters:
  ///   - directions: Of each kind.
  ///   - sheets: Of each kind.
  ///   - questions: About each direction.
  static func make(directions: Int = 6, sheets: Int = 4, questions: Int = 5) -> (
    design: StudyDesign, key: StudyKey, trials: [StudyTrial]
  ) {
    var design = StudyDesign(
      format: StudyDesign.currentFormat, toolVersion: "0", seed: 11,
      networks: [
        .init(
          name: "net", modelChecksum: "m", dataName: "data", dataChecksum: "d", imageCount: 1000,
          layer: "layer",
          unitCount: 32, passedOverUnits: [])
      ], negatives: .vsRandom, referenceCount: 2, questionsPerDirection: questions,
      directionsPerKind: directions,
      sheetsPerKind: sheets, sheetImageCount: 9, practiceCount: 3, catchCount: 3, margin: 0.1,
      rules: ExclusionRules(questionCount: 2 * directions + 3), keyChecksum: "")
    var known: [StudyKey.Direction] = []
    var entries: [StudyKey.Entry] = []
    var generator = SeededGenerator(seed: 5, purpose: "made-up study")
    func add(_ part: StudyPart, direction: Int? = nil, question: Int? = nil) {
      let digits = String(generator.next() | 1 << 63, radix: 16)
      entries.append(
        StudyKey.Entry(
          trial: digits, part: part, direction: direction, question: question,
          highQuery: part == .sheet ? nil : Int(generator.next() & 1),
          images: Array(0..<(part == .sheet ? 9 : 6))))
    }
    for kind in [StudyKind.neuron, .randomDirection] {
      for number in 0..<directions + sheets {
        known.append(.init(network: 0, kind: kind, name: "\(kind.rawValue) \(number)"))
        if number < directions {
          for question in 0..<questions { add(.choice, direction: known.count - 1, question: question) }
        } else {
          add(.sheet, direction: known.count - 1)
        }
      }
    }
    for number in 0..<design.randomSheetCount {
      known.append(.init(network: 0, kind: .randomImages, name: "i\(number)"))
      add(.sheet, direction: known.count - 1)
    }
    for _ in 0..<3 {
      add(.practice)
      add(.catchTrial)
    }
    entries.sort { $0.trial < $1.trial }
    let key = StudyKey(directions: known, entries: entries)
    design.keyChecksum = "made up"
    let trials = entries.map {
      StudyTrial(
        id: $0.trial, referenceCount: $0.part == .sheet ? nil : 2, tileCount: $0.images.count, tileWidth: 8,
        tileHeight: 8)
    }
    return (design, key, trials)
  }

  /// The same on disk, with one picture's bytes for all trials.
  static func write(to folder: URL) throws -> StudyFiles {
    let (design, key, trials) = make()
    let run = RunFolder(folder)
    _ = try run.folder("trials")
    for trial in trials {
      try AtomicFile.write(Data([1, 2]), to: run.file(StudyFiles.picture(of: trial.id)))
    }
    try run.write(trials, to: StudyFiles.trialsName)
    let encoded = try JSONFile.encoded(key, file: folder)
    try AtomicFile.write(encoded, to: run.file(StudyFiles.keyName))
    var known = design
    known.keyChecksum = Checksum.hexadecimal(of: encoded)
    try run.write(known, to: StudyFiles.designName)
    return try StudyFiles(folder)
  }

  /// A folder that is there while `body` runs.
  static func inFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "intrigue-study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }

  /// What participants say who are right with the given probability.
  ///
  /// - Parameters:
  ///   - skill: Probability of a right answer, by participant and kind.
  ///   - rating: By participant and kind.
  static func answers(
    _ design: StudyDesign, _ key: StudyKey, participants: Int, seed: UInt64 = 1,
    skill: (_ participant: Int, _ kind: StudyKind) -> Double,
    rating: (_ participant: Int, _ kind: StudyKind) -> Int = { _, _ in 3 }
  ) -> (participants: [StudyParticipant], answers: [StudyAnswer]) {
    let steps = StudySteps(design, key)
    let entries = Dictionary(uniqueKeysWithValues: key.entries.map { ($0.trial, $0) })
    var generator = SeededGenerator(seed: seed, purpose: "made-up answers")
    var people: [StudyParticipant] = []
    var answers: [StudyAnswer] = []
    for number in 0..<participants {
      people.append(
        StudyParticipant(number: number, pseudonym: "p\(number)", joinedAt: 1000, begunAt: 1030))
      for (position, step) in steps.steps(of: number).enumerated() {
        let entry = entries[step.trial]!
        let kind = entry.direction.map { key.directions[$0].kind }
        let value: Int
        if step.part == .sheet {
          value = rating(number, kind!)
        } else {
          let isRight = kind.map { generator.uniform() < skill(number, $0) } ?? true
          let isHighLeft = step.leftQuery == entry.highQuery
          value = isRight == isHighLeft ? 1 : 6
        }
        answers.append(
          StudyAnswer(
            participant: number, position: position, trial: step.trial, value: value, milliseconds: 4000,
            answeredAt: 1040 + 10 * Double(position)))
      }
    }
    return (people, answers)
  }
}
