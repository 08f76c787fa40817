import Foundation
import LocalServer
import Storage
import Testing

@testable import Study

@Suite struct StudyRoomTests {
  private func room(_ folder: URL) throws -> StudyRoom {
    let files = try MadeUpStudy.write(to: folder)
    return StudyRoom(files, try files.answers())
  }

  private func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("A participant goes from the welcome to the end, and a question comes back until it is answered")
  func way() async throws {
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      #expect(try await room.view(token: nil).stage == .welcome)
      #expect(try await room.view(token: "nobody").stage == .welcome)
      let (token, joined) = try await room.join(from: "192.0.2.1")
      #expect(joined.stage == .instructions && joined.pseudonym != nil && token.count == 32)
      var view = try await room.begin(token: token)
      #expect(view.question?.part == .practice && view.question?.number == 1)
      var numbers: [StudyView.Part: [Int]] = [:]
      while let question = view.question {
        #expect(try await room.view(token: token) == view)
        numbers[question.part, default: []].append(question.number)
        let reply = StudyReply(trial: question.trial, value: 2, milliseconds: 900)
        let first = try await room.answer(token: token, reply)
        #expect((first.isRight == nil) == (question.part != .practice))
        // The same again, and another value: the first one counts.
        var again = reply
        again.value = 4
        let second = try await room.answer(token: token, again)
        #expect(second.value == 2 && second.next == first.next)
        view = first.next
      }
      #expect(view.stage == .end && view.score?.practiceCount == 3 && view.score?.controlCount == 3)
      #expect(numbers[.practice] == [1, 2, 3] && numbers[.choice] == Array(1...15))
      #expect(numbers[.sheet] == Array(1...10))
      #expect(try room.store.everything().answers.count == room.files.design.stepCount)
    }
  }

  @Test(
    "Who takes the image that the key says belongs to group A is right everywhere, who takes the other nowhere",
    arguments: [true, false])
  func truth(isKnowing: Bool) async throws {
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      let entries = Dictionary(uniqueKeysWithValues: room.files.key.entries.map { ($0.trial, $0) })
      let (token, _) = try await room.join(from: "192.0.2.1")
      var view = try await room.begin(token: token)
      while let question = view.question {
        var value = 3
        if question.part != .sheet {
          let entry = try #require(entries[question.trial])
          // The tile behind the references that shows the image from the high side, wherever the page puts it.
          let high = 2 * (try #require(question.referenceCount)) + (try #require(entry.highQuery))
          #expect(
            Set([question.leftTile, question.rightTile]) == [
              high, 2 * (try #require(question.referenceCount)) + 1 - (try #require(entry.highQuery)),
            ])
          value = (question.leftTile == high) == isKnowing ? 1 : 6
        }
        let reply = try await room.answer(
          token: token, StudyReply(trial: question.trial, value: value, milliseconds: 900))
        if question.part == .practice { #expect(reply.isRight == isKnowing) }
        view = reply.next
      }
      #expect(
        view.score?.practiceRight == (isKnowing ? 3 : 0) && view.score?.controlRight == (isKnowing ? 3 : 0))
      let answers = try room.store.everything().answers
      let judge = StudyJudge(room.files.design, room.files.key)
      let judged = try judge.judged(answers, of: 0)
      #expect(judged.count == answers.count && judged.count { $0.isRight == isKnowing } == 12 + 6)
      #expect(judged.allSatisfy { $0.isRight == nil || $0.isRight == isKnowing })
      // As answers of somebody else they stand at places where something else was asked.
      #expect(throws: ForeignAnswer.self) { try judge.judged(answers, of: 1) }
    }
  }

  @Test("The order of the questions cannot be computed from the seed alone")
  func hidden() throws {
    let (design, key, _) = MadeUpStudy.make()
    var other = design
    other.keyChecksum = "another"
    let (one, two) = (StudySteps(design, key).steps(of: 0), StudySteps(other, key).steps(of: 0))
    #expect(one.map(\.trial) != two.map(\.trial) && one.map(\.leftQuery) != two.map(\.leftQuery))
    #expect(StudySeed.hidden(1, ["a"]) != StudySeed.hidden(1, ["b"]))
    #expect(StudySeed.hidden(1, ["a"]) != StudySeed.hidden(2, ["a"]))
    #expect(StudySeed.hidden(1, ["a"]) == StudySeed.hidden(1, ["a"]))
  }

  @Test("No word that a browser is told depends on what a question is about")
  func blindness() async throws {
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      let entries = Dictionary(uniqueKeysWithValues: room.files.key.entries.map { ($0.trial, $0) })
      /// What an answer says, with numbers, names and addresses blotted out.
      func shape(_ text: String) -> String {
        text.replacing(#/"[0-9a-f]{16}"|"/pictures/[0-9a-f]+"/#, with: "ID")
          .replacing(#/"pseudonym":"[^"]*"/#, with: "NAME").replacing(#/\d+/#, with: "N")
      }
      var shapes: [StudyPart: Set<String>] = [:]
      for _ in 0..<5 {
        let (token, _) = try await room.join(from: "192.0.2.1")
        var view = try await room.begin(token: token)
        while let question = view.question {
          let told = try text(view)
          for word in ["neuron", "direction", "catch", "random", "kind", "class", "high"] {
            #expect(!told.contains(word), "\(word) in \(told)")
          }
          let part = try #require(entries[question.trial]?.part)
          let answer = try await room.answer(
            token: token, StudyReply(trial: question.trial, value: 1, milliseconds: 1))
          shapes[part, default: []].insert(shape(told))
          var acknowledged = answer
          acknowledged.next = view
          acknowledged.isRight = part == .practice ? true : answer.isRight
          shapes[part, default: []].insert(shape(try text(acknowledged)))
          view = answer.next
        }
      }
      #expect(shapes[.choice]?.count == 2)
      #expect(shapes[.choice] == shapes[.catchTrial])
      #expect(shapes[.sheet]?.count == 2)
      // What is served of the trials themselves tells practice from the rest by its question alone.
      let trials = try text(room.files.trials)
      for word in ["neuron", "catch", "practice", "direction"] { #expect(!trials.contains(word)) }
    }
  }

  @Test(
    "Answers of nobody, to nobody's trial, before the instructions, out of turn or out of range are refused")
  func refusals() async throws {
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      func status(_ token: String?, _ trial: String, _ value: Int = 1, _ milliseconds: Int = 5) async throws
        -> Int?
      {
        do {
          _ = try await room.answer(
            token: token, StudyReply(trial: trial, value: value, milliseconds: milliseconds))
          return nil
        } catch let refusal as ServerRefusal { return refusal.status }
      }
      let (token, _) = try await room.join(from: "192.0.2.1")
      let order = StudySteps(room.files.design, room.files.key).steps(of: 0)
      let first = order[0].trial
      #expect(try await status(nil, first) == 403)
      #expect(try await status("0123", first) == 403)
      #expect(try await status(token, first) == 409)
      _ = try await room.begin(token: token)
      #expect(try await status(token, order[1].trial) == 409)
      #expect(try await status(token, "no such trial") == 403)
      let others = try #require(
        room.files.key.entries.first { entry in !order.contains { $0.trial == entry.trial } })
      #expect(try await status(token, others.trial) == 403)
      for (value, milliseconds) in [(0, 5), (7, 5), (1, -1), (1, 90_000_000)] {
        #expect(try await status(token, first, value, milliseconds) == 400)
      }
      #expect(try room.store.everything().answers.isEmpty)
      #expect(try await status(token, first) == nil)
      await #expect(throws: ServerRefusal.self) { try await room.picture(token: nil, trial: first) }
      await #expect(throws: ServerRefusal.self) { try await room.picture(token: token, trial: "../key") }
      #expect(try await room.picture(token: token, trial: first) == Data([1, 2]))
    }
  }

  @Test("A key that was changed is refused, as is a folder without a study")
  func files() async throws {
    try await MadeUpStudy.inFolder { folder in
      #expect { try StudyFiles(folder) } throws: { "\($0)".contains("is no study: it has no study.json") }
      let files = try MadeUpStudy.write(to: folder)
      var key = files.key
      key.directions[0].name = "another"
      try files.folder.write(key, to: StudyFiles.keyName)
      #expect { try StudyFiles(folder) } throws: { "\($0)".contains("is not the key of this study") }
    }
  }

  @Test("What is asked and how it is judged cannot be changed after people were asked")
  func declared() async throws {
    try await MadeUpStudy.inFolder { folder in
      let files = try MadeUpStudy.write(to: folder)
      _ = try files.answers()
      _ = try StudyFiles(folder).answers()
      let rights =
        try FileManager.default.attributesOfItem(
          atPath: files.folder.file(AnswerStore.fileName).path)[.posixPermissions] as? Int
      #expect(rights == 0o600)
      var design = files.design
      design.margin = 0.5
      try files.folder.write(design, to: StudyFiles.designName)
      let changed = try StudyFiles(folder)
      #expect { try changed.answers() } throws: { "\($0)".contains("was changed after people were asked") }
    }
  }

  @Test("A study that nobody could finish is refused before it is served")
  func broken() async throws {
    func refused(_ words: String, _ change: (inout StudyDesign, inout StudyKey) -> Void) async throws {
      try await MadeUpStudy.inFolder { folder in
        let files = try MadeUpStudy.write(to: folder)
        var (design, key) = (files.design, files.key)
        change(&design, &key)
        let encoded = try JSONFile.encoded(key, file: folder)
        try AtomicFile.write(encoded, to: files.folder.file(StudyFiles.keyName))
        design.keyChecksum = Checksum.hexadecimal(of: encoded)
        try files.folder.write(design, to: StudyFiles.designName)
        #expect { try StudyFiles(folder) } throws: { "\($0)".contains(words) }
      }
    }
    try await refused("questionsPerDirection: expected 1 to 10000") { design, _ in
      design.questionsPerDirection = 0
    }
    try await refused("9 questions each") { design, _ in design.questionsPerDirection = 9 }
    try await refused("directions: expected") { design, _ in design.directionsPerKind = 7 }
    try await refused("does not have") { _, key in key.directions = [] }
    try await refused("without an answer") { _, key in
      key.entries[key.entries.firstIndex { $0.part == .practice }!].highQuery = nil
    }
    try await MadeUpStudy.inFolder { folder in
      let files = try MadeUpStudy.write(to: folder)
      try FileManager.default.removeItem(at: files.folder.file(StudyFiles.picture(of: files.trials[3].id)))
      #expect { try StudyFiles(folder) } throws: { "\($0)".contains("is missing") }
    }
  }
}
