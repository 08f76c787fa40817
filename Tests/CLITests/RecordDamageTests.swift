import Foundation
import GRDB
import Storage
import Tensors
import Testing

/// Whatever stands in a file that is read back, a command ends with its result or with one sentence.
///
/// `INTRIGUE_DAMAGE_COUNT` says how many changes each test makes; the same seed makes the same ones.
@Suite struct RecordDamageTests {
  static var count: Int {
    ProcessInfo.processInfo.environment["INTRIGUE_DAMAGE_COUNT"].flatMap { Int($0) } ?? 120
  }

  /// Changes one value at a time, runs a command, and puts the file back.
  ///
  /// - Parameters:
  ///   - share: Of ``count``.
  ///   - files: Those that are changed, by the folder of the run that they belong to.
  ///   - restoresAll: The command writes into that folder.
  ///   - prepare: Makes the changed file pass what stands before its decoder, such as a checksum.
  private func damage(
    _ laboratory: Laboratory, seed: UInt64, share: Double = 1, files: [(run: String, file: String)],
    restoresAll: Bool = false, prepare: (String) throws -> Void = { _ in },
    command: (_ run: String) throws -> [String]
  ) async throws {
    let records = try files.map {
      (
        run: $0.run, file: $0.file,
        tree: try JSONDecoder().decode(RecordTree.self, from: laboratory.read($0.file))
      )
    }
    try #require(!records.isEmpty)
    var generator = SeededGenerator(seed: seed)
    var originals: [String: [String: Data]] = [:]
    for _ in 0..<max(1, Int(Double(Self.count) * share)) {
      let damage = try RecordDamage(of: records.map { ($0.file, $0.tree) }, using: &generator)
      guard let run = records.first(where: { $0.file == damage.file })?.run else { continue }
      let original = try originals[run] ?? laboratory.content(of: run)
      originals[run] = original
      try laboratory.write(damage.text, to: damage.file)
      try prepare(damage.file)
      let arguments = try command(run)
      expectEnding(try await Program(laboratory: laboratory).run(arguments, atMost: .seconds(10)), of: damage)
      if restoresAll { try laboratory.remove(run) }
      for (name, data) in restoresAll
        ? original : original.filter({ $0.key == damage.file || $0.key == "\(run)/study.json" })
      {
        try laboratory.write(data, to: name)
      }
    }
  }

  private func expectEnding(_ outcome: Program.Outcome, of damage: some CustomStringConvertible) {
    let lines = outcome.errors.split(separator: "\n")
    let isSentence =
      outcome.exitCode == 1 && lines.last?.hasPrefix("Error: ") == true
      && lines.dropLast().allSatisfy { $0.hasPrefix("warning: ") }
    #expect(
      outcome.exitCode == 0 || isSentence,
      "\(damage): \(outcome.exitCode.map { "exit \($0)" } ?? "a signal"): \(outcome.errors.suffix(400))")
  }

  @Test("A page of a changed record is made, or refused in one sentence")
  func report() async throws {
    let laboratory = try await EveryRun.laboratory()
    let shown = Set(["run.json", "directions.json", "train.json", "gallery.json", "attack.json"])
    let files = try EveryRun.reported.flatMap { run in
      try laboratory.content(of: run).keys.sorted().filter { name in
        shown.contains(URL(filePath: name).lastPathComponent) && !name.contains("/networks/")
          && !name.contains("/experiments/")
      }.map { (run, $0) }
    }
    try await damage(laboratory, seed: 1, files: files) { ["report", $0, "--output", "page", "--quiet"] }
  }

  @Test("An experiment goes on from a changed part, or refuses in one sentence")
  func resume() async throws {
    let laboratory = try await EveryRun.laboratory()
    let files = try EveryRun.resumed.flatMap { run in
      try laboratory.content(of: run).keys.sorted().filter { $0.hasSuffix(".json") }.map { (run, $0) }
    }
    try await damage(laboratory, seed: 2, share: 0.25, files: files, restoresAll: true) {
      try EveryRun.command(of: $0)
    }
  }

  @Test("Changed parts of a ranking are merged, or refused in one sentence")
  func merge() async throws {
    let laboratory = try await EveryRun.laboratory()
    let files = ["rank-1", "rank-2"].map { ($0, "\($0)/part.json") }
    try await damage(laboratory, seed: 3, share: 0.25, files: files) { _ in
      ["merge", "rank-1", "rank-2", "--output", "merged", "--quiet"]
    }
  }

  /// Three people's answers to the study of ``StudyScene``.
  private func answered() async throws -> Laboratory {
    let laboratory = try await StudyScene.laboratory()
    let server = try await StudyScene.Server(laboratory)
    for number in 0..<3 { _ = try await StudyScene.takePart(server.port, number: number) }
    server.run.interrupt()
    _ = try await server.run.outcome()
    return laboratory
  }

  @Test("The results of a changed study are told, or refused in one sentence")
  func study() async throws {
    let laboratory = try await answered()
    let files = ["study.json", "trials.json", "key.json"].map { ("study", "study/\($0)") }
    // A stranger's study is whole by its checksums.
    func seal(_ file: String) throws {
      if file.hasSuffix("key.json") {
        let tree = try JSONDecoder().decode(RecordTree.self, from: laboratory.read("study/study.json"))
        let sum = RecordTree.quoted(Checksum.hexadecimal(of: try laboratory.read(file)))
        let sealed = tree.replacing([.key("keyChecksum")], with: .value(sum))
        try laboratory.write(sealed?.text ?? "", to: "study/study.json")
      }
      let database = try DatabaseQueue(path: laboratory.file("study/answers.sqlite").path)
      let design = try laboratory.read("study/study.json")
      let key = Checksum.hexadecimal(of: try laboratory.read("study/key.json"))
      try database.write { database in
        for (name, value) in [
          ("design checksum", Checksum.hexadecimal(of: design)), ("key checksum", key),
        ] {
          try database.execute(
            sql: "UPDATE setting SET value = ? WHERE name = ?", arguments: [value, name])
        }
      }
      try database.close()
    }
    try await damage(laboratory, seed: 4, share: 0.5, files: files, restoresAll: true, prepare: seal) { _ in
      ["study", "results", "study", "--quiet"]
    }
  }

  @Test("Answers that nobody gave are told from answers, and no secret is printed")
  func answers() async throws {
    let laboratory = try await answered()
    let original = try laboratory.content(of: "study")
    let values = [
      "'x'", "NULL", "-1", "0", "7", "99", "1e308", "-1e308", "9e999", "1.5", "9223372036854775807",
      "-9223372036854775808", "X'FF00'", "''",
    ]
    let columns = [
      "participant": ["number", "token", "pseudonym", "joinedAt", "begunAt"],
      "answer": ["participant", "position", "trial", "value", "milliseconds", "answeredAt"],
      "setting": ["name", "value"],
    ]
    let changes =
      columns.sorted { $0.key < $1.key }.flatMap { table, columns in
        columns.flatMap { column in
          values.flatMap { value in
            [
              "UPDATE \(table) SET \(column) = \(value) WHERE rowid = 1",
              "UPDATE \(table) SET \(column) = \(value)",
            ]
          }
        }
          + [
            "DROP TABLE \(table)", "DELETE FROM \(table)", "DELETE FROM \(table) WHERE rowid = 2",
            "ALTER TABLE \(table) RENAME COLUMN \(columns[1]) TO other",
          ]
      }
    var generator = SeededGenerator(seed: 5)
    // The greatest whole number in every column, whatever else is drawn: sums with it trap.
    let greatest = changes.filter { $0.contains(" = 9223372036854775807 WHERE rowid = 1") }
    let chosen =
      greatest + generator.permutation(changes.count).prefix(max(30, Self.count / 3)).map { changes[$0] }
    for change in chosen {
      let queue = try DatabaseQueue(path: laboratory.file("study/answers.sqlite").path)
      let tokens = try await queue.read { try String.fetchAll($0, sql: "SELECT token FROM participant") }
      // Strict tables would refuse some of these; a file made elsewhere refuses none.
      let isChanged = try await queue.writeWithoutTransaction { database -> Bool in
        try database.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
        return (try? database.execute(sql: change)) != nil
      }
      try queue.close()
      if isChanged {
        let outcome = try await Program(laboratory: laboratory).run(
          ["study", "results", "study", "--quiet"], atMost: .seconds(10))
        expectEnding(outcome, of: change)
        for token in tokens { #expect(!(outcome.errors + outcome.output).contains(token), "\(change)") }
      }
      try laboratory.remove("study")
      for (name, data) in original { try laboratory.write(data, to: name) }
    }
  }

  @Test("A damaged list of migrations is refused in one sentence, without the words of the library")
  func migrations() async throws {
    let laboratory = try await answered()
    let queue = try DatabaseQueue(path: laboratory.file("study/answers.sqlite").path)
    try await queue.write {
      try $0.execute(
        sql: """
          DROP TABLE grdb_migrations;
          CREATE TABLE grdb_migrations (identifier TEXT);
          INSERT INTO grdb_migrations VALUES (NULL);
          """)
    }
    try queue.close()
    expectRefusal(
      try await laboratory.run("study", "results", "study", "--quiet"),
      saying: ["answers.sqlite", "its list of migrations is damaged"])
  }

  @Test("A database that is none is refused in one sentence")
  func noDatabase() async throws {
    let laboratory = try await StudyScene.laboratory()
    try laboratory.write(String(repeating: "no database ", count: 1000), to: "study/answers.sqlite")
    for command in [["study", "results", "study"], ["study", "serve", "study", "--port", "0", "--no-open"]] {
      expectRefusal(
        try await Program(laboratory: laboratory).run(command + ["--quiet"], atMost: .seconds(10)),
        saying: ["answers.sqlite", "cannot be opened as the answers of a study"])
    }
  }

  @Test("A network whose words were changed is described, or refused in one sentence")
  func model() async throws {
    let laboratory = try await EveryRun.laboratory()
    let model = try SafetensorsFile(contentsOf: laboratory.file("other/model.safetensors"))
    let trees = try model.metadata.filter { $0.key != "format" }.sorted { $0.key < $1.key }.map {
      ($0.key, try JSONDecoder().decode(RecordTree.self, from: Data($0.value.utf8)))
    }
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<max(1, Self.count / 4) {
      let damage = try RecordDamage(of: trees.map { ($0.0, $0.1) }, using: &generator)
      var metadata = model.metadata
      metadata[damage.file] = damage.text
      try SafetensorsFile(tensors: model.tensors, metadata: metadata).write(
        to: laboratory.file("changed.safetensors"))
      expectEnding(
        try await Program(laboratory: laboratory).run(
          ["inspect", "changed.safetensors"], atMost: .seconds(10)),
        of: damage)
    }
  }

  @Test("The explorer and the study's server begin with changed records, or refuse in one sentence")
  func servers() async throws {
    let laboratory = try await StudyScene.laboratory()
    func listens(_ arguments: [String], _ damage: RecordDamage) async throws {
      let outcome = try await Program(laboratory: laboratory).start(arguments)
        .outcome(interruptedAfter: .milliseconds(700))
      #expect(
        [0, 1, 130].contains(outcome.exitCode) || outcome.signal == SIGINT,
        "\(damage): \(outcome.exitCode.map { "exit \($0)" } ?? "a signal"): \(outcome.errors.suffix(400))")
    }
    var generator = SeededGenerator(seed: 7)
    for (file, arguments) in [
      ("net/run.json", ["explore", "net", "--no-open", "--no-cache", "--quiet"]),
      ("study/study.json", ["study", "serve", "study", "--port", "0", "--no-open", "--quiet"]),
    ] {
      let original = try laboratory.read(file)
      let tree = try JSONDecoder().decode(RecordTree.self, from: original)
      for _ in 0..<max(3, Self.count / 40) {
        let damage = try RecordDamage(of: [(file, tree)], using: &generator)
        try laboratory.write(damage.text, to: file)
        try await listens(arguments, damage)
        try laboratory.write(original, to: file)
      }
    }
  }
}
