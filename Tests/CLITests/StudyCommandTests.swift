import Foundation
import Storage
import Synchronization
import Testing

@Suite struct StudyCommandTests {
  private struct Key: Codable {
    struct Direction: Codable { let kind: String }
    struct Entry: Codable {
      let trial: String
      let part: String
      let direction: Int?
    }

    let directions: [Direction]
    let entries: [Entry]
  }

  private func rows(_ laboratory: Laboratory, _ name: String) throws -> [[String: String]] {
    let lines = String(decoding: try laboratory.read(name), as: UTF8.self).split(separator: "\n")
    let heads = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(heads, cells))
    }
  }

  @Test(
    "A study has as many trials of both kinds, a picture for each, and the same bytes for any number of workers"
  )
  func prepare() async throws {
    let laboratory = try await StudyScene.laboratory()
    let key = try JSONFile.read(Key.self, from: laboratory.file("study/key.json"))
    let kinds = key.entries.filter { $0.part == "choice" }.map { key.directions[$0.direction!].kind }
    #expect(kinds.count { $0 == "neuron" } == 16 && kinds.count { $0 == "random direction" } == 16)
    #expect(key.entries.count { $0.part == "sheet" } == 5)
    let names = try laboratory.content(of: "study").keys
    #expect(
      Set(names.filter { $0.hasSuffix(".png") }) == Set(key.entries.map { "study/trials/\($0.trial).png" }))
    expectSuccess(
      try await Program(laboratory: laboratory).run(
        ["study", "prepare", "net", "--output", "again", "--quiet", "--workers", "1"]
          + StudyScene.prepareOptions))
    let rights = try FileManager.default.attributesOfItem(atPath: laboratory.file("again/key.json").path)
    #expect(rights[.posixPermissions] as? Int == 0o600)
    let again = try laboratory.content(of: "again").mapKeys { "study" + $0.dropFirst("again".count) }
    #expect(again == (try laboratory.content(of: "study")))
  }

  @Test("What is no run, no study, or a study already is refused in a sentence, and nothing is lost")
  func refusals() async throws {
    let laboratory = try await StudyScene.laboratory()
    let before = try laboratory.content(of: "study")
    expectRefusal(
      try await laboratory.run("study", "prepare", "net", "--output", "study", "--no-cache", "--quiet"),
      saying: ["study: holds a study already (study.json)"])
    // The results of a study would replace the record of the run.
    expectRefusal(
      try await laboratory.run("study", "prepare", "net", "--output", "net", "--no-cache", "--quiet"),
      saying: ["net: holds another run (run.json)"])
    #expect(try laboratory.content(of: "study") == before)
    expectRefusal(
      try await laboratory.run("study", "prepare", "arrays", "--output", "s", "--quiet"),
      saying: ["arrays: is no run folder: it has no run.json"])
    expectRefusal(
      try await laboratory.run(
        "study", "prepare", "net", "--output", "s", "--no-cache", "--quiet", "--directions", "200"),
      saying: ["net: has too few neurons to ask about", "expected 206"])
    expectRefusal(
      try await laboratory.run(
        "study", "prepare", "net", "--output", "s", "--no-cache", "--quiet", "--references", "36"),
      saying: ["too few held-out images for a question: expected 74, found 60"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("s").path))
    expectRefusal(try await laboratory.run("study", "serve", "net"), saying: ["net: is no study"])
    expectRefusal(
      try await laboratory.run("study", "results", "study", "--quiet"), saying: ["has no answers yet"])
    #expect(try await laboratory.run("study", "prepare").exitCode == 64)
    #expect(try await laboratory.run("study", "prepare", "net", "--negatives", "other").exitCode == 64)
    #expect(try await laboratory.run("study", "prepare", "net", "--sheets", "201").exitCode == 64)
  }

  @Test(
    "Thirty people answer at once, the server is killed in the middle and started again: no acknowledged answer is lost, none doubled, all finish"
  )
  func killed() async throws {
    let laboratory = try await StudyScene.laboratory()
    let peopleCount = 30
    let first = try await StudyScene.Server(laboratory)
    let port = first.port
    let acknowledged = Counter()
    var running = first.run
    let all = try await withThrowingTaskGroup(of: [StudyScene.Given].self) { group in
      for number in 0..<peopleCount {
        group.addTask {
          try await StudyScene.takePart(port, number: number) { acknowledged.increase() }
        }
      }
      for _ in 0..<2 {
        // Twice, at a third and at two thirds of all answers.
        let mark = acknowledged.count + peopleCount * StudyScene.steps / 3
        while acknowledged.count < min(mark, peopleCount * StudyScene.steps - 60) {
          try await Task.sleep(for: .milliseconds(1))
        }
        running.kill()
        #expect(try await running.outcome().exitCode == nil)
        let next = try await StudyScene.Server(laboratory, port: port)
        #expect(next.organiser == first.organiser)
        running = next.run
      }
      return try await group.reduce(into: [[StudyScene.Given]]()) { $0.append($1) }
    }
    #expect(all.allSatisfy { $0.count == StudyScene.steps })
    running.interrupt()
    let outcome = try await running.outcome()
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("30 participants, 30 finished, \(30 * StudyScene.steps) answers kept"))

    let results = try await laboratory.run("study", "results", "study", "--quiet", "--json")
    expectSuccess(results)
    var kept: [String: [StudyScene.Given]] = [:]
    for row in try rows(laboratory, "study/answers.csv") {
      let value: Int
      if row["part"] == "sheet" {
        value = Int(row["rating"] ?? "") ?? 0
      } else {
        let confidence = Int(row["confidence"] ?? "") ?? 0
        value = row["answer"] == "left" ? 4 - confidence : 3 + confidence
      }
      kept[row["participant"] ?? "", default: []].append(.init(trial: row["trial"] ?? "", value: value))
    }
    #expect(kept.count == peopleCount)
    func sorted(_ answers: some Sequence<[StudyScene.Given]>) -> [String] {
      answers.map { $0.map { "\($0.trial) \($0.value)" }.joined(separator: ",") }.sorted()
    }
    #expect(sorted(kept.values) == sorted(all))
  }

  private final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func increase() { value.withLock { $0 += 1 } }
  }

  @Test(
    "Nothing that the server says before or during a question tells the kinds apart, and no route leads to the key"
  )
  func blindness() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    defer { server.run.kill() }
    let joined = try #require(await PlainHTTP.ask(server.port, "POST", "/join", body: "{}"))
    let cookie = try #require(joined.fields["set-cookie"]?.split(separator: ";").first.map(String.init))
    #expect(joined.fields["set-cookie"]?.contains("HttpOnly; SameSite=Strict") == true)
    let begun = try #require(
      await PlainHTTP.ask(server.port, "POST", "/begin", fields: ["Cookie": cookie], body: "{}"))
    for word in ["neuron", "random", "direction", "catch"] { #expect(!begun.text.contains(word)) }
    for path in [
      "/key.json", "/study.json", "/trials.json", "/answers.sqlite", "/trials/", "/pictures/key.json",
      "/pictures/../key.json", "/pictures/%2e%2e%2fkey.json", "/organiser/0",
      "/progress/\(cookie.suffix(32))", "/..",
    ] {
      let answer = await PlainHTTP.ask(server.port, "GET", path, fields: ["Cookie": cookie])
      #expect(answer == nil || answer?.status == 404, "\(path): \(answer?.status ?? 0)")
    }
    // Pictures carry pixels and nothing else: no text chunk, and no date.
    let question = try #require(try begun.decoded(StudyScene.View.self).question)
    let picture = try #require(
      await PlainHTTP.ask(server.port, "GET", question.picture, fields: ["Cookie": cookie]))
    #expect(picture.status == 200 && picture.fields["last-modified"] == nil && picture.fields["etag"] == nil)
    for chunk in ["tEXt", "zTXt", "iTXt", "tIME"] { #expect(picture.body.range(of: Data(chunk.utf8)) == nil) }
    #expect(await PlainHTTP.ask(server.port, "GET", question.picture)?.status == 403)
    let progress = try #require(await PlainHTTP.ask(server.port, "GET", "/progress/\(server.organiser)"))
    #expect(progress.status == 200 && progress.text.contains("\"participants\""))
  }

  @Test(
    "Foreign hosts and pages, large and broken bodies and other types are refused, and the server goes on")
  func faults() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    defer { server.run.kill() }
    let port = server.port
    func status(
      _ method: String, _ path: String, _ fields: [String: String] = [:], body: String? = nil
    ) async -> Int? { await PlainHTTP.ask(port, method, path, fields: fields, body: body)?.status }
    #expect(await status("GET", "/", ["Host": "evil.example:\(port)"]) == 421)
    #expect(await status("GET", "/", ["Host": "127.0.0.1:1"]) == 421)
    #expect(await status("GET", "/", ["Host": "localhost:\(port)"]) == 200)
    #expect(await status("POST", "/join", ["Origin": "http://evil.example"], body: "{}") == 403)
    #expect(await status("POST", "/join", ["Sec-Fetch-Site": "cross-site"], body: "{}") == 403)
    #expect(await status("POST", "/join", ["Origin": "http://127.0.0.1:\(port)"], body: "{}") == 200)
    #expect(await status("POST", "/join", ["Content-Type": "text/plain"], body: "{}") == 415)
    #expect(await status("POST", "/answers", body: String(repeating: "x", count: 1025)) == 413)
    #expect(await status("POST", "/answers", ["Content-Length": "999999999"], body: "") == 413)
    for body in ["", "{", "[]", #"{"trial":"a"}"#, #"{"trial":1,"value":1,"milliseconds":1}"#, "\u{0}"] {
      #expect(await status("POST", "/answers", body: body) == 400, "\(body)")
    }
    #expect(await status("POST", "/answers", body: #"{"trial":"a","value":1,"milliseconds":1}"#) == 403)
    #expect(await status("GET", "/join") == 405)
    #expect(await status("DELETE", "/state") == 405)
    for text in [
      "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "POST /join HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
      let answer = await PlainHTTP.raw(port, text, isLast: true)
      #expect(answer.map { $0.status >= 400 } ?? true, "\(text)")
    }
    #expect(await status("GET", "/state") == 200)
    #expect(
      try await laboratory.run("study", "serve", "study", "--port", "\(port)", "--no-open").errors.contains(
        "another program listens there"))
  }

  @Test("A header line of a megabyte is refused at once, holds up nobody, and Ctrl-C is heard meanwhile")
  func longLine() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    let port = server.port
    let began = ContinuousClock.now
    for kilobytes in [8, 16, 32, 64, 1024] {
      let text =
        "GET /state HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nX: "
        + String(repeating: "a", count: kilobytes << 10)
      let answer = await PlainHTTP.raw(port, text + "\r\nConnection: close\r\n\r\n")
      #expect(answer?.status == (kilobytes < 16 ? 200 : 431), "\(kilobytes) kB: \(answer?.status ?? 0)")
    }
    #expect(ContinuousClock.now - began < .seconds(30))
    // Lines that are not over yet, while somebody joins and the server is ended.
    let senders = (0..<8).map { _ in
      Task {
        _ = await PlainHTTP.raw(
          port, "GET /state HTTP/1.1\r\nX: " + String(repeating: "a", count: 64 << 20))
      }
    }
    #expect(await PlainHTTP.ask(port, "POST", "/join", body: "{}")?.status == 200)
    let asked = ContinuousClock.now
    server.run.interrupt()
    #expect(try await server.run.outcome().exitCode == 0)
    #expect(ContinuousClock.now - asked < .seconds(10))
    for sender in senders { await sender.value }
  }

  @Test("One client that joins for ever is stopped, and the organiser frees the places that it took")
  func places() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    defer { server.run.kill() }
    let port = server.port
    struct Progress: Codable {
      struct Participant: Codable { let pseudonym: String }
      let participants: [Participant]
    }
    func join() async -> Int? { await PlainHTTP.ask(port, "POST", "/join", body: "{}")?.status }
    func progress(_ body: String? = nil, secret: String) async -> PlainHTTP.Answer? {
      body == nil
        ? await PlainHTTP.ask(port, "GET", "/progress/\(secret)")
        : await PlainHTTP.ask(port, "POST", "/places/\(secret)", body: body)
    }
    _ = try await StudyScene.takePart(port, number: 0)
    var joined = 1
    while await join() == 200 { joined += 1 }
    // While 300 join, more are allowed, one every two seconds.
    #expect((300..<400).contains(joined))
    #expect(await join() == 429)
    let people = try #require(await progress(secret: server.organiser)).decoded(Progress.self).participants
    #expect(people.count == joined)
    let names = people.map { "\"\($0.pseudonym)\"" }.joined(separator: ",")
    #expect(await progress("{\"participants\":[\(names)]}", secret: "0")?.status == 404)
    #expect(
      await PlainHTTP.ask(
        port, "POST", "/places/\(server.organiser)", fields: ["Origin": "http://evil.example"],
        body: "{\"participants\":[\(names)]}")?.status == 403)
    let freed = try #require(await progress("{\"participants\":[\(names)]}", secret: server.organiser))
    #expect(try freed.decoded(Progress.self).participants.count == 1, "who has answered stays")
  }

  @Test("What the server cannot do is told on its terminal, with no secret in it, and once a minute")
  func troubles() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    let joined = try #require(await PlainHTTP.ask(server.port, "POST", "/join", body: "{}"))
    let cookie = try #require(joined.fields["set-cookie"]?.split(separator: ";").first.map(String.init))
    let begun = try #require(
      await PlainHTTP.ask(server.port, "POST", "/begin", fields: ["Cookie": cookie], body: "{}"))
    let picture = try #require(begun.decoded(StudyScene.View.self).question).picture
    try FileManager.default.removeItem(at: laboratory.file("study/trials"))
    let began = ContinuousClock.now
    for _ in 0..<3 {
      let answer = await PlainHTTP.ask(server.port, "GET", picture, fields: ["Cookie": cookie])
      #expect(answer?.status == 500 && answer?.text.contains("trials") == false)
    }
    let minutes = (ContinuousClock.now - began) / .seconds(60)
    server.run.interrupt()
    let outcome = try await server.run.outcome()
    let told = outcome.errors.split(separator: "\n").filter { $0.contains("GET /pictures/*: ") }
    #expect((1...1 + Int(minutes)).contains(told.count), "\(outcome.errors)")
    #expect(told.allSatisfy { $0.contains("study/trials/") }, "\(outcome.errors)")
    #expect(!outcome.errors.contains(server.organiser) && !outcome.errors.contains(cookie.suffix(32)))
  }

  @Test("Key and answers are their owner's alone from the first byte, whatever the shell leaves to others")
  func permissions() async throws {
    let laboratory = try await StudyScene.laboratory()
    let program = try Program.executable.path
    let options = StudyScene.prepareOptions.joined(separator: " ")
    // strace would show the first byte; here the end does, since nothing changes permissions afterwards.
    let outcome = try await Program(laboratory: laboratory).start(
      ["-c", "umask 0; '\(program)' study prepare net --output open --quiet \(options)"],
      executable: URL(filePath: "/bin/bash")
    ).outcome()
    expectSuccess(outcome)
    let serving = try Program(laboratory: laboratory).start(
      ["-c", "umask 0; exec '\(program)' study serve open --port 0 --no-open"],
      executable: URL(filePath: "/bin/bash"))
    try await serving.waitForErrors(containing: "Ctrl-C ends the study")
    for name in ["key.json", "answers.sqlite", "answers.sqlite-wal", "answers.sqlite-shm"] {
      let rights = try FileManager.default.attributesOfItem(atPath: laboratory.file("open/\(name)").path)
      #expect(rights[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    serving.interrupt()
    #expect(try await serving.outcome().exitCode == 0)
  }

  @Test("Results are files, a page, and the same bytes when asked again")
  func results() async throws {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    for number in 0..<2 { _ = try await StudyScene.takePart(server.port, number: number) }
    // May be asked while the study goes on.
    let early = try await laboratory.run("study", "results", "study", "--quiet")
    expectSuccess(early)
    server.run.interrupt()
    #expect(try await server.run.outcome().exitCode == 0)
    let first = try laboratory.content(of: "study")
    let outcome = try await laboratory.run("study", "results", "study")
    #expect(outcome.exitCode == 0)
    #expect(
      outcome.output.hasPrefix("no verdict from 0 participants, need 8 more participants\n"),
      "\(outcome.output)")
    #expect(outcome.output.contains("2 joined, 2 finished, answers of 0 count"))
    // One may have been held up over the instructions on a busy machine.
    #expect(outcome.output.contains("questions answered too fast: 2"))
    let second = try laboratory.content(of: "study")
    for name in ["answers.csv", "participants.csv", "directions.csv", "results.csv", "study.tex"] {
      #expect(first["study/\(name)"] == second["study/\(name)"], "\(name)")
    }
    #expect(try rows(laboratory, "study/answers.csv").count == 2 * StudyScene.steps)
    #expect(try rows(laboratory, "study/participants.csv").allSatisfy { $0["counts"] == "false" })
    // Four of each kind with questions, two with sheets, and a set of random images.
    #expect(try rows(laboratory, "study/directions.csv").count == 13)
    let right = try rows(laboratory, "study/results.csv").first {
      $0["participants"] == "all who finished" && $0["measure"] == "share right" && $0["group"] == "neurons"
    }
    #expect(right?["answers"] == "8")
    expectSuccess(try await laboratory.run("report", "study", "--output", "page", "--quiet"))
    let page = String(decoding: try laboratory.read("page/index.html"), as: UTF8.self)
    #expect(page.contains("Study with people") && page.contains("answers.csv"))
  }
}

extension Dictionary where Key == String {
  fileprivate func mapKeys(_ transform: (String) -> String) -> [String: Value] {
    Dictionary(uniqueKeysWithValues: map { (transform($0.key), $0.value) })
  }
}
