import Lab
import Foundation
import Storage
import Testing

@testable import Study

/// A study as the program left it before answers could be undone: folder, database and tables, made by
/// `study prepare`, `serve` and `results` of commit b2c0e16, with three scripted participants of whom one stopped.
@Suite struct OldStudyTests {
  private func withCopy<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/study-of-format-1")
    return try await MadeUpStudy.inFolder { folder in
      let copy = folder.appending(path: "study")
      try FileManager.default.copyItem(at: fixture, to: copy)
      return try await body(copy)
    }
  }

  @Test("The tables of an old study are the same bytes, and its record is read")
  func tables() async throws {
    try await withCopy { folder in
      let files = try StudyFiles(folder)
      let record = try JSONFile.read(
        RunRecord<StudyDesign, StudyResults>.self, from: folder.appending(path: "run.json"))
      let old = try #require(record.results)
      let store = try files.answers()
      #expect(try store.undone().isEmpty)
      let analysis = try StudyAnalysis(files, try store.everything(), undone: try store.undone())
      let results = analysis.results(files: old.files)
      #expect(results.estimates == old.estimates && results.exclusions == old.exclusions)
      #expect(results.joinedCount == 3 && results.finishedCount == 2)
      let tables = StudyTables(analysis: analysis, results: results)
      for (name, table) in [
        ("answers.csv", tables.answers), ("participants.csv", tables.participants),
        ("directions.csv", tables.directions), ("results.csv", tables.estimates),
      ] {
        let before = String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        #expect(table.text == before, "\(name)")
      }
      #expect(tables.undone.text.split(separator: "\n").count == 1)
    }
  }

  @Test("Who stopped in an old study goes on, and can undo an answer given then")
  func goingOn() async throws {
    try await withCopy { folder in
      let files = try StudyFiles(folder)
      let store = try files.answers()
      let before = try store.everything()
      let room = StudyRoom(files, store)
      let token = "2567c62994fc1ba99b531d05bc123add"
      let view = try await room.view(token: token)
      let undoTrial = try #require(view.question?.undoTrial)
      let again = try await room.undo(token: token, StudyUndo(trial: undoTrial))
      #expect(again.question?.trial == undoTrial && again.question?.attempt == 1)
      let reply = try await room.answer(
        token: token, StudyReply(trial: undoTrial, value: 6, milliseconds: 800, attempt: 1))
      #expect(reply.next.question?.trial == view.question?.trial)
      let after = try store.everything()
      #expect(after.answers.count == before.answers.count && after.participants == before.participants)
      let old = try #require(before.answers.last)
      #expect(try store.undone().map(\.answer) == [old] && after.answers.last?.value == 6)
    }
  }
}
