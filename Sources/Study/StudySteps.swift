import Tensors

/// What one participant is asked, in order: practice, then questions with catch questions among them, then sheets.
///
/// Everything follows from the study's seed and the participant's number, so nothing has to be remembered. Every
/// participant is asked one question about each direction; which one goes round with the participants, so that n
/// of them see all n. In half of each kind's questions the right answer is on the left.
public struct StudySteps: Sendable {
  public struct Step: Equatable, Sendable {
    public let trial: String
    public let part: StudyPart
    /// The tile, 0 or 1, of the query on the left; nil of a sheet.
    public let leftQuery: Int?
  }

  private let seed: UInt64
  private let questionCount: Int
  private let practice: [StudyKey.Entry]
  private let catches: [StudyKey.Entry]
  private let sheets: [StudyKey.Entry]
  /// Questions of each direction, by their number.
  private let questions: [(kind: StudyKind, direction: Int, entries: [StudyKey.Entry])]

  public init(_ design: StudyDesign, _ key: StudyKey) {
    seed = StudySeed.hidden(design.seed, [design.keyChecksum])
    questionCount = design.questionsPerDirection
    func entries(_ part: StudyPart) -> [StudyKey.Entry] { key.entries.filter { $0.part == part } }
    (practice, catches, sheets) = (entries(.practice), entries(.catchTrial), entries(.sheet))
    var byDirection: [Int: [StudyKey.Entry]] = [:]
    for entry in entries(.choice) {
      if let direction = entry.direction { byDirection[direction, default: []].append(entry) }
    }
    questions = byDirection.keys.sorted().map { direction in
      (
        key.directions[direction].kind, direction,
        (byDirection[direction] ?? []).sorted { ($0.question ?? 0) < ($1.question ?? 0) }
      )
    }
  }

  /// - Parameter participant: Number of the participant, from 0.
  public func steps(of participant: Int) -> [Step] {
    var order = SeededGenerator(seed: seed, purpose: "study order", index: participant)
    var sides = SeededGenerator(seed: seed, purpose: "study sides", index: participant)
    var questions: [Step] = []
    for kind in [StudyKind.neuron, .randomDirection] {
      let asked = self.questions.filter { $0.kind == kind }.map { asked in
        asked.entries[place(of: participant, direction: asked.direction) % asked.entries.count]
      }
      questions += placed(asked, &sides)
    }
    let main = questions + placed(catches, &sides)
    let rated = sheets.map { Step(trial: $0.trial, part: .sheet, leftQuery: nil) }
    return placed(practice, &sides) + order.permutation(main.count).map { main[$0] }
      + order.permutation(rated.count).map { rated[$0] }
  }

  /// The participant-th of the direction's questions, in an order of its own.
  private func place(of participant: Int, direction: Int) -> Int {
    var generator = SeededGenerator(seed: seed, purpose: "study questions", index: direction)
    return generator.permutation(questionCount)[participant % questionCount]
  }

  /// With the right answer on the left in half of them; of an odd number, in one more or one less.
  private func placed(_ entries: [StudyKey.Entry], _ sides: inout SeededGenerator) -> [Step] {
    let extra = entries.count % 2 == 1 && sides.next() & 1 == 1 ? 1 : 0
    let order = sides.permutation(entries.count)
    return entries.enumerated().map { number, entry in
      let isLeft = order[number] < entries.count / 2 + extra
      let high = entry.highQuery ?? 0
      return Step(trial: entry.trial, part: entry.part, leftQuery: isLeft ? high : 1 - high)
    }
  }
}
