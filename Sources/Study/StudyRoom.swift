import Foundation
import LocalServer
import Storage

/// Where participants are and what they may see and say. It knows the key; what it gives away is ``StudyView``.
public struct StudyRoom: Sendable {
  public let files: StudyFiles
  public let store: AnswerStore
  private let steps: StudySteps
  private let trials: [String: StudyTrial]
  private let entries: [String: StudyKey.Entry]
  private let limits: JoinLimits
  private let now: @Sendable () -> Double

  /// More do not get in.
  public static let participantLimit = 1000

  public init(_ files: StudyFiles, _ store: AnswerStore) {
    self.init(files, store, limits: JoinLimits(), now: { [clock = StudyClock()] in clock.now })
  }

  /// - Parameter now: Seconds since 1970.
  init(
    _ files: StudyFiles, _ store: AnswerStore, limits: JoinLimits, now: @escaping @Sendable () -> Double
  ) {
    (self.limits, self.now) = (limits, now)
    self.files = files
    self.store = store
    steps = StudySteps(files.design, files.key)
    trials = Dictionary(uniqueKeysWithValues: files.trials.map { ($0.id, $0) })
    entries = Dictionary(uniqueKeysWithValues: files.key.entries.map { ($0.trial, $0) })
  }

  // MARK: Participants

  /// Takes in somebody new.
  ///
  /// - Parameter client: The network address that they come from.
  /// - Returns: The secret by which they are known from now on, and what they see.
  /// - Throws: ``ServerRefusal`` where the room is full, or too many come from one address.
  func join(from client: String) async throws -> (token: String, view: StudyView) {
    try limits.takePlace(for: client)
    do {
      let token = Self.secret()
      let seed = files.design.seed
      let participant = try await store.join(
        token: token, at: now(), atMost: Self.participantLimit
      ) { Pseudonym.name($0, seed: seed) }
      guard let participant else {
        throw ServerRefusal(
          409, "\(Self.participantLimit) people take part already; the organiser can free places")
      }
      limits.keep(participant.number, for: client)
      return (token, view(of: participant, answers: []))
    } catch {
      limits.giveBack(client)
      throw error
    }
  }

  /// Frees the places of those who have these names and have not answered: they are strangers again. Who has answered
  /// stays, since no answer is thrown away.
  func free(_ pseudonyms: [String]) async throws {
    limits.free(try await store.free(pseudonyms))
  }

  /// What the participant with a token sees; of somebody unknown, the welcome.
  func view(token: String?) async throws -> StudyView {
    guard let participant = try await participant(token) else { return view(of: nil, answers: []) }
    return view(of: participant, answers: try await store.answers(of: participant.number))
  }

  /// The instructions have been read.
  package func begin(token: String?) async throws -> StudyView {
    let participant = try await known(token)
    try await store.begin(participant.number, at: now())
    return try await view(token: token)
  }

  /// Keeps an answer; when this returns, it is on the disk.
  ///
  /// - Throws: ``ServerRefusal`` for an answer that cannot be: to nobody's trial, or to one whose turn it is not.
  package func answer(token: String?, _ given: StudyReply) async throws -> StudyReply.Acknowledgement {
    let participant = try await known(token)
    guard participant.begunAt != nil else { throw ServerRefusal(409, "the instructions come first") }
    let order = steps.steps(of: participant.number)
    guard let position = order.firstIndex(where: { $0.trial == given.trial }) else {
      throw ServerRefusal(403, "this is no question of yours")
    }
    let step = order[position]
    let values = StudyAnswer.values(of: step.part)
    guard values.contains(given.value), (0...StudyAnswer.longestMilliseconds).contains(given.milliseconds)
    else {
      throw ServerRefusal(
        400,
        "an answer is \(values.lowerBound) to \(values.upperBound) with its milliseconds, got \(given.value)")
    }
    let outcome = try await store.record(
      StudyAnswer(
        participant: participant.number, position: position, trial: given.trial, value: given.value,
        milliseconds: given.milliseconds, answeredAt: now()))
    let kept: StudyAnswer
    switch outcome {
    case .recorded(let answer), .repeated(let answer): kept = answer
    case .outOfTurn: throw ServerRefusal(409, "it is another question's turn: load the page again")
    }
    return StudyReply.Acknowledgement(
      trial: kept.trial, value: kept.value,
      isRight: step.part == .practice ? isRight(kept, step) : nil, next: try await view(token: token))
  }

  /// The picture of a trial, for those who take part.
  package func picture(token: String?, trial: String) async throws -> Data {
    _ = try await known(token)
    guard trials[trial] != nil else { throw ServerRefusal(404, "there is no such picture") }
    return try FileContents.read(files.folder.file(StudyFiles.picture(of: trial)))
  }

  private func participant(_ token: String?) async throws -> StudyParticipant? {
    guard let token else { return nil }
    return try await store.participant(token: token)
  }

  private func known(_ token: String?) async throws -> StudyParticipant {
    guard let participant = try await participant(token) else {
      throw ServerRefusal(403, "you do not take part yet: open the start page")
    }
    return participant
  }

  /// What the organiser should know about the clock; nil: nothing.
  public func clockRemark() throws -> String? {
    let (participants, answers) = try store.everything()
    let times = participants.flatMap { [$0.joinedAt, $0.begunAt ?? $0.joinedAt] } + answers.map(\.answeredAt)
    guard let latest = times.max(), latest > now() else { return nil }
    return
      "this machine's clock was set back: the newest answer is from \(StudyTables.time(latest)); those who began "
      + "before now have no times, and rules about time will exclude none of them"
  }

  // MARK: What is shown

  private func view(of participant: StudyParticipant?, answers: [StudyAnswer]) -> StudyView {
    let design = files.design
    var view = StudyView(
      stage: .welcome, pseudonym: participant?.pseudonym, referenceCount: design.referenceCount,
      practiceCount: design.practiceCount, choiceCount: design.choiceCount + design.catchCount,
      sheetCount: design.sheetCount, sheetImageCount: design.sheetImageCount,
      minutes: (12 * (design.stepCount - design.sheetCount) + 8 * design.sheetCount + 59) / 60)
    guard let participant else { return view }
    guard participant.begunAt != nil else {
      view.stage = .instructions
      return view
    }
    let order = steps.steps(of: participant.number)
    guard answers.count < order.count else {
      view.stage = .end
      view.score = score(answers, order)
      return view
    }
    view.stage = .question
    view.question = question(order, answers.count)
    return view
  }

  private func question(_ order: [StudySteps.Step], _ position: Int) -> StudyView.Question? {
    let step = order[position]
    guard let trial = trials[step.trial] else { return nil }
    let part = StudyView.Part(step.part)
    let places = order.indices.filter { StudyView.Part(order[$0].part) == part }
    let queries = trial.referenceCount.map { 2 * $0 }
    return StudyView.Question(
      trial: trial.id, part: part, number: (places.firstIndex(of: position) ?? 0) + 1, count: places.count,
      picture: "/pictures/\(trial.id)", tileCount: trial.tileCount, tileWidth: trial.tileWidth,
      tileHeight: trial.tileHeight, referenceCount: trial.referenceCount,
      leftTile: queries.flatMap { first in step.leftQuery.map { first + $0 } },
      rightTile: queries.flatMap { first in step.leftQuery.map { first + 1 - $0 } })
  }

  private func score(_ answers: [StudyAnswer], _ order: [StudySteps.Step]) -> StudyView.Score {
    func count(_ part: StudyPart) -> (right: Int, of: Int) {
      // A table with more answers than questions was made elsewhere.
      let given = answers.prefix(order.count).filter { order[$0.position].part == part }
      return (given.count { isRight($0, order[$0.position]) }, given.count)
    }
    let (practice, control) = (count(.practice), count(.catchTrial))
    return StudyView.Score(
      practiceRight: practice.right, practiceCount: practice.of, controlRight: control.right,
      controlCount: control.of)
  }

  private func isRight(_ answer: StudyAnswer, _ step: StudySteps.Step) -> Bool {
    StudyAnswer.isLeft(answer.value) == (step.leftQuery == entries[step.trial]?.highQuery)
  }

  // MARK: Secrets

  /// 128 bits that nobody can guess.
  public static func secret() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
