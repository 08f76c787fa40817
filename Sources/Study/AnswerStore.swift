import Foundation
import GRDB
import Storage
import Tensors

/// The answers of a study, in SQLite: `answers.sqlite`.
///
/// The database is written ahead to a log (WAL), which is synchronised with the disk at every commit
/// (`synchronous = FULL`). So what ``record(_:)`` has returned for survives the end of the process and of the power.
/// Constraints of the tables keep one answer for each participant and trial, and for each place of a participant.
public struct AnswerStore: Sendable {
  public static let fileName = "answers.sqlite"

  private let queue: DatabaseQueue
  private let file: URL

  /// Opens the file, or makes it.
  ///
  /// - Parameter keyChecksum: Of the study that the answers belong to.
  /// - Throws: ``FileError`` where the file is no database of this study.
  public init(_ file: URL, keyChecksum: String) throws {
    var configuration = Configuration()
    configuration.label = "study"
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // Not by GRDB's journalMode, which would go on to `synchronous = NORMAL`: a commit could then be lost with
      // the power.
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    self.file = file
    try Self.keepPrivate(file)
    do {
      queue = try DatabaseQueue(path: file.path, configuration: configuration)
      try Self.migrator.migrate(queue)
    } catch let error as DatabaseError {
      throw FileError(file: file, problem: "cannot be opened as the answers of a study: \(error)")
    } catch is RowDecodingError {
      // GRDB's words hold the whole row.
      throw FileError(
        file: file, problem: "cannot be opened as the answers of a study: its list of migrations is damaged")
    }
    let found = try setting("key checksum", default: keyChecksum)
    guard found == keyChecksum else {
      throw FileError(
        file: file,
        problem: "holds answers to another study: expected one with the key \(keyChecksum.prefix(12)), found "
          + "\(found.prefix(12))")
    }
  }

  /// Makes the file, if there is none, so that only its owner may read it: it holds the secrets of the participants and
  /// of the organiser. SQLite gives the log beside it (`-wal`, `-shm`) the permissions of the file.
  private static func keepPrivate(_ file: URL) throws {
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, StudyFiles.ownerOnly)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fchmod(descriptor, StudyFiles.ownerOnly) == 0 else {
      throw FileError(file: file, problem: "cannot be kept from others: \(lastSystemError())")
    }
    // A log that is there already was left by a kill.
    for log in [file.path + "-wal", file.path + "-shm"] { chmod(log, StudyFiles.ownerOnly) }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("format 1") { database in
      try database.execute(
        sql: """
          CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
          CREATE TABLE participant (
            number INTEGER PRIMARY KEY NOT NULL,
            token TEXT NOT NULL UNIQUE,
            pseudonym TEXT NOT NULL UNIQUE,
            joinedAt REAL NOT NULL,
            begunAt REAL
          );
          CREATE TABLE answer (
            participant INTEGER NOT NULL REFERENCES participant (number),
            position INTEGER NOT NULL,
            trial TEXT NOT NULL,
            value INTEGER NOT NULL CHECK (value BETWEEN 1 AND 6),
            milliseconds INTEGER NOT NULL CHECK (milliseconds >= 0),
            answeredAt REAL NOT NULL,
            PRIMARY KEY (participant, trial),
            UNIQUE (participant, position)
          );
          """)
    }
    return migrator
  }

  /// A value that is kept, made at the first call.
  public func setting(_ name: String, default value: String) throws -> String {
    try naming {
      try queue.write { database in
        try database.execute(
          sql: "INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)", arguments: [name, value])
        return try String.fetchOne(
          database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]) ?? value
      }
    }
  }

  // MARK: Participants

  /// Takes in a participant with the lowest number that is free.
  ///
  /// - Returns: nil where there are so many already.
  public func join(
    token: String, at time: Double, atMost limit: Int,
    pseudonym: @escaping @Sendable (_ number: Int) -> String
  ) async throws -> StudyParticipant? {
    try await queue.write { database in
      let number =
        try Int.fetchOne(
          database,
          sql: """
            SELECT MIN(number) FROM (SELECT 0 AS number UNION ALL SELECT number + 1 FROM participant)
            WHERE number NOT IN (SELECT number FROM participant)
            """) ?? 0
      guard number < limit else { return nil }
      let name = pseudonym(number)
      try database.execute(
        sql: "INSERT INTO participant (number, token, pseudonym, joinedAt) VALUES (?, ?, ?, ?)",
        arguments: [number, token, name, time])
      return StudyParticipant(number: number, pseudonym: name, joinedAt: time, begunAt: nil)
    }
  }

  /// The participant with a token.
  public func participant(token: String) async throws -> StudyParticipant? {
    try await queue.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM participant WHERE token = ?", arguments: [token])
        .map { try StudyParticipant($0) }
    }
  }

  /// Remembers when the instructions had been read; the first time counts.
  public func begin(_ number: Int, at time: Double) async throws {
    try await queue.write { database in
      try database.execute(
        sql: "UPDATE participant SET begunAt = ? WHERE number = ? AND begunAt IS NULL",
        arguments: [time, number])
    }
  }

  /// Takes the participants of these names out again, as far as they have not answered.
  ///
  /// - Returns: The numbers that are free now.
  public func free(_ pseudonyms: [String]) async throws -> [Int] {
    try await queue.write { database in
      try pseudonyms.flatMap { name in
        try Int.fetchAll(
          database,
          sql: """
            DELETE FROM participant
            WHERE pseudonym = ? AND number NOT IN (SELECT participant FROM answer) RETURNING number
            """, arguments: [name])
      }
    }
  }

  // MARK: Answers

  /// What became of an answer.
  public enum Outcome: Equatable, Sendable {
    /// Kept, and on the disk.
    case recorded(StudyAnswer)
    /// The trial had been answered before; this is the answer that counts.
    case repeated(StudyAnswer)
    /// It is not this trial's turn; nothing was kept.
    case outOfTurn(expectedPosition: Int)
  }

  /// Keeps an answer, if it is the one that its participant is to give next.
  public func record(_ answer: StudyAnswer) async throws -> Outcome {
    try await queue.write { database in
      if let row = try Row.fetchOne(
        database, sql: "SELECT * FROM answer WHERE participant = ? AND trial = ?",
        arguments: [answer.participant, answer.trial])
      {
        return .repeated(try StudyAnswer(row))
      }
      let count = try Self.answerCount(of: answer.participant, database)
      guard answer.position == count else { return .outOfTurn(expectedPosition: count) }
      try database.execute(
        sql: """
          INSERT INTO answer (participant, position, trial, value, milliseconds, answeredAt)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          answer.participant, answer.position, answer.trial, answer.value, answer.milliseconds,
          answer.answeredAt,
        ])
      return .recorded(answer)
    }
  }

  /// The answers of one participant, in order.
  public func answers(of participant: Int) async throws -> [StudyAnswer] {
    try await queue.read { database in
      let answers = try Row.fetchAll(
        database, sql: "SELECT * FROM answer WHERE participant = ? ORDER BY position",
        arguments: [participant]
      ).map { try StudyAnswer($0) }
      try AnswerRowError.naming("answer") { () throws(CheckFailure) in
        guard answers.map(\.position) == Array(answers.indices) else {
          throw CheckFailure("position", "a participant answers one question after the other")
        }
      }
      return answers
    }
  }

  /// Everything, as it stood at one moment.
  public func everything() throws -> (participants: [StudyParticipant], answers: [StudyAnswer]) {
    try naming {
      try queue.read { database in
        (
          try Row.fetchAll(database, sql: "SELECT * FROM participant ORDER BY number").map {
            try StudyParticipant($0)
          },
          try Row.fetchAll(database, sql: "SELECT * FROM answer ORDER BY participant, position").map {
            try StudyAnswer($0)
          }
        )
      }
    }
  }

  /// SQLite's word for how a commit reaches the disk: 2 is FULL; and the journal's kind.
  func durability() throws -> (synchronous: Int?, journal: String?) {
    try queue.read { database in
      (
        try Int.fetchOne(database, sql: "PRAGMA synchronous"),
        try String.fetchOne(database, sql: "PRAGMA journal_mode")
      )
    }
  }

  private static func answerCount(of participant: Int, _ database: Database) throws -> Int {
    try Int.fetchOne(
      database, sql: "SELECT COUNT(*) FROM answer WHERE participant = ?", arguments: [participant]) ?? 0
  }

  /// With the file's name.
  private func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw FileError(file: file, problem: "cannot be read or written: \(error)")
    } catch is RowDecodingError {
      // GRDB's words hold the whole row, and with it the token of a participant.
      throw FileError(file: file, problem: "holds a setting that is no text")
    } catch let error as AnswerRowError {
      throw FileError(file: file, problem: error.problem)
    }
  }
}

/// A row that no answer can have left.
struct AnswerRowError: Error, CustomStringConvertible {
  let table: String
  let failure: CheckFailure

  var problem: String { "is wrong in table \(table) at \(failure.property): \(failure.problem)" }
  var description: String { "\(AnswerStore.fileName) \(problem)" }

  /// - Throws: ``AnswerRowError`` instead of what `body` throws.
  static func naming<Value>(
    _ table: String, _ body: () throws(CheckFailure) -> Value
  ) throws(AnswerRowError) -> Value {
    do {
      return try body()
    } catch {
      throw AnswerRowError(table: table, failure: error)
    }
  }
}

extension Row {
  /// What stands in a column. GRDB's own error prints the whole row, and with it the token of a participant.
  fileprivate func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ column: String
  ) throws(CheckFailure) -> Value {
    let value: Value
    do {
      value = try decode(forColumn: column)
    } catch {
      throw CheckFailure(column, "expected a value of type \(Value.self)")
    }
    let problem =
      switch value {
      case let number as Int: DecodedNumber.problem(of: number)
      case let number as Double: DecodedNumber.problem(of: number)
      default: nil as String?
      }
    if let problem { throw CheckFailure(column, problem) }
    return value
  }
}

extension StudyParticipant {
  fileprivate init(_ row: Row) throws(AnswerRowError) {
    self = try AnswerRowError.naming("participant") { () throws(CheckFailure) in
      let participant = StudyParticipant(
        number: try row.value("number"), pseudonym: try row.value("pseudonym"),
        joinedAt: try row.value("joinedAt"), begunAt: try row.value("begunAt"))
      try participant.check()
      return participant
    }
  }
}

extension StudyAnswer {
  fileprivate init(_ row: Row) throws(AnswerRowError) {
    self = try AnswerRowError.naming("answer") { () throws(CheckFailure) in
      let answer = StudyAnswer(
        participant: try row.value("participant"), position: try row.value("position"),
        trial: try row.value("trial"), value: try row.value("value"),
        milliseconds: try row.value("milliseconds"), answeredAt: try row.value("answeredAt"))
      try answer.check()
      return answer
    }
  }
}
