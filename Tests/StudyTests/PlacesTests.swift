import Foundation
import LocalServer
import Storage
import Synchronization
import Testing

@testable import Study

@Suite struct PlacesTests {
  private func room(_ folder: URL, _ limits: JoinLimits = JoinLimits()) throws -> StudyRoom {
    let files = try MadeUpStudy.write(to: folder)
    return StudyRoom(files, try files.answers(), limits: limits, now: { 5 })
  }

  private func status(_ body: () async throws -> Void) async throws -> Int? {
    do {
      try await body()
      return nil
    } catch let refusal as ServerRefusal { return refusal.status }
  }

  @Test(
    "A full hall gets in at once from one address, one more after two seconds each, and never the whole study"
  )
  func limits() throws {
    let limits = JoinLimits()
    let start = ContinuousClock.now
    func joins(at seconds: Double, from client: String = "192.0.2.1") -> Int? {
      do {
        try limits.takePlace(for: client, at: start + .seconds(seconds))
        return nil
      } catch { return (error as? ServerRefusal)?.status }
    }
    for _ in 0..<300 { #expect(joins(at: 0) == nil) }
    #expect(joins(at: 0) == 429 && joins(at: 1.9) == 429)
    #expect(joins(at: 0, from: "192.0.2.2") == nil, "another address is another hall")
    #expect(joins(at: 2) == nil && joins(at: 2.1) == 429)
    // Never more credit than for a hall, however long nobody came.
    for _ in 0..<199 { #expect(joins(at: 10_000) == nil) }
    #expect(joins(at: 10_000) == 409, "500 places")
    limits.keep(7, for: "192.0.2.1")
    limits.free([7])
    #expect(joins(at: 10_000) == nil && joins(at: 10_000) == 409)
    // Freed twice, or never seen in this run of the server: nothing is given back twice.
    limits.free([7, 8])
    #expect(joins(at: 10_000) == 409)
  }

  @Test("Freed are the places of those who have not answered; the numbers are given out again, answers stay")
  func freeing() async throws {
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      var people: [(token: String, name: String)] = []
      for _ in 0..<4 {
        let (token, view) = try await room.join(from: "192.0.2.1")
        people.append((token, try #require(view.pseudonym)))
      }
      let view = try await room.begin(token: people[1].token)
      let trial = try #require(view.question?.trial)
      _ = try await room.answer(token: people[1].token, StudyReply(trial: trial, value: 2, milliseconds: 9))
      _ = try await room.begin(token: people[2].token)
      try await room.free([people[0].name, people[1].name, people[2].name, "nobody"])
      let content = try room.store.everything()
      #expect(content.participants.map(\.number) == [1, 3] && content.answers.count == 1)
      #expect(try await room.view(token: people[0].token).stage == .welcome)
      #expect(try await status { _ = try await room.begin(token: people[2].token) } == 403)
      #expect(try await room.view(token: people[1].token).stage == .question)
      // The lowest number first, with its name, so that the questions still go round evenly.
      #expect(try await room.join(from: "192.0.2.1").view.pseudonym == people[0].name)
      #expect(try await room.join(from: "192.0.2.1").view.pseudonym == people[2].name)
      _ = try await room.join(from: "192.0.2.1")
      #expect(try room.store.everything().participants.map(\.number) == [0, 1, 2, 3, 4])
    }
  }

  @Test("A thousand joins of two addresses fill the room; freeing opens it")
  func fullRoom() async throws {
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      var names: [String] = []
      for number in 0..<1000 {
        // As many addresses as a hall each has.
        names.append(try await room.join(from: "192.0.2.\(number / 250)").view.pseudonym ?? "")
      }
      #expect(Set(names).count == 1000)
      do {
        _ = try await room.join(from: "198.51.100.1")
        Issue.record("a thousand and one")
      } catch let refusal as ServerRefusal {
        #expect(refusal.status == 409 && refusal.sentence.contains("the organiser can free places"))
      }
      try await room.free([names[500]])
      #expect(try await room.join(from: "198.51.100.1").view.pseudonym == names[500])
    }
  }

  @Test(
    "What holds secrets is its owner's from the first byte, whatever the process leaves to others",
    arguments: [false, true])
  func permissions(isThere: Bool) async throws {
    try await MadeUpStudy.inFolder { folder in
      // Files of an earlier version, which were readable for a while.
      let file = folder.appending(path: AnswerStore.fileName)
      for name in isThere ? ["", "-wal", "-shm"] : [] {
        #expect(
          FileManager.default.createFile(
            atPath: file.path + name, contents: Data(), attributes: [.posixPermissions: 0o644]))
      }
      let old = umask(0)
      defer { umask(old) }
      let store = try AnswerStore(file, keyChecksum: "k")
      _ = try await store.join(token: "t", at: 1, atMost: 2) { "name \($0)" }
      for name in ["", "-wal", "-shm"] {
        let rights =
          try FileManager.default.attributesOfItem(atPath: file.path + name)[.posixPermissions] as? Int
        #expect(rights == 0o600, "\(name)")
      }
    }
  }

  @Test("The organiser's page says how many places there are")
  func page() {
    let page = String(decoding: PackageResources.organiser_html, as: UTF8.self)
    let places = StudyRoom.participantLimit.formatted(.number.locale(Locale(identifier: "en_US")))
    #expect(
      page.contains("The study has \(places) places, \(JoinLimits.places) of them for one network address."))
  }

  @Test("The clock of a study never goes back, and what was kept later than now is told")
  func clock() async throws {
    let clock = StudyClock()
    let times = (0..<1000).map { _ in clock.now }
    #expect(times == times.sorted() && abs(times[0] - Date().timeIntervalSince1970) < 60)
    try await MadeUpStudy.inFolder { folder in
      let room = try room(folder)
      #expect(try room.clockRemark() == nil)
      _ = try await room.join(from: "192.0.2.1")
      #expect(try room.clockRemark() == nil)
      let earlier = StudyRoom(room.files, room.store, limits: JoinLimits(), now: { 4 })
      #expect(
        try earlier.clockRemark()?.hasPrefix(
          "this machine's clock was set back: the newest answer is from 1970-01-01T00:00:05") == true)
    }
  }
}
