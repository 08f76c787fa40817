import Foundation
import Storage
import Testing

@testable import Study

@Suite struct AnswerStoreTests {
  private func answer(_ participant: Int, _ position: Int, _ trial: String, _ value: Int = 2) -> StudyAnswer {
    StudyAnswer(
      participant: participant, position: position, trial: trial, value: value, milliseconds: 1500,
      answeredAt: 5)
  }

  @Test("A commit is synchronised with the disk, and the journal is written ahead")
  func durability() async throws {
    try await MadeUpStudy.inFolder { folder in
      let store = try AnswerStore(folder.appending(path: "a.sqlite"), keyChecksum: "k")
      let durability = try store.durability()
      #expect(durability.synchronous == 2 && durability.journal == "wal")
    }
  }

  @Test("The first answer to a trial counts, said twice it is kept once, and none out of turn")
  func turns() async throws {
    try await MadeUpStudy.inFolder { folder in
      let store = try AnswerStore(folder.appending(path: "a.sqlite"), keyChecksum: "k")
      for number in 0..<2 {
        let joined = try await store.join(token: "t\(number)", at: 1, atMost: 2) { "name \($0)" }
        #expect(joined?.number == number && joined?.pseudonym == "name \(number)")
      }
      #expect(try await store.join(token: "t2", at: 1, atMost: 2) { "name \($0)" } == nil)

      #expect(try await store.record(answer(0, 0, "a")) == .recorded(answer(0, 0, "a")))
      #expect(try await store.record(answer(0, 0, "a", 5)) == .repeated(answer(0, 0, "a")))
      #expect(try await store.record(answer(0, 2, "c")) == .outOfTurn(expectedPosition: 1))
      #expect(try await store.record(answer(0, 0, "b")) == .outOfTurn(expectedPosition: 1))
      #expect(try await store.record(answer(1, 0, "a", 6)) == .recorded(answer(1, 0, "a", 6)))
      let kept = try store.everything()
      #expect(kept.answers == [answer(0, 0, "a"), answer(1, 0, "a", 6)])
    }
  }

  @Test("What was kept is there when the file is opened again; another study's is refused")
  func reopening() async throws {
    try await MadeUpStudy.inFolder { folder in
      let file = folder.appending(path: "a.sqlite")
      do {
        let store = try AnswerStore(file, keyChecksum: "k")
        _ = try await store.join(token: "t", at: 1, atMost: 9) { "name \($0)" }
        try await store.begin(0, at: 7)
        try await store.begin(0, at: 8)
        _ = try await store.record(answer(0, 0, "a"))
        #expect(try store.setting("secret", default: "one") == "one")
      }
      let store = try AnswerStore(file, keyChecksum: "k")
      #expect(try await store.participant(token: "t")?.begunAt == 7)
      #expect(try await store.participant(token: "u") == nil)
      #expect(try await store.answers(of: 0) == [answer(0, 0, "a")])
      #expect(try store.setting("secret", default: "two") == "one")
      #expect {
        try AnswerStore(file, keyChecksum: "another")
      } throws: { "\($0)".contains("holds answers to another study: expected one with the key another") }
    }
  }

  @Test("A file that is no database is refused by its name and stays as it was")
  func foreign() async throws {
    try await MadeUpStudy.inFolder { folder in
      let file = folder.appending(path: "a.sqlite")
      let text = Data(String(repeating: "no database ", count: 100).utf8)
      try text.write(to: file)
      #expect { try AnswerStore(file, keyChecksum: "k") } throws: {
        ($0 as? FileError)?.file == file && "\($0)".contains("cannot be opened as the answers of a study")
      }
      #expect(try Data(contentsOf: file) == text)
    }
  }
}
