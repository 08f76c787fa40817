import Foundation
import Lab
import Storage

/// A study on disk.
///
///     study.json        what is asked and how it will be judged (``StudyDesign``)
///     trials.json       what browsers are given (``StudyTrial``)
///     trials/ID.png     the pictures
///     key.json          what the trials are about (``StudyKey``); never served
///     answers.sqlite    the answers (``AnswerStore``)
public struct StudyFiles: Sendable {
  public static let designName = "study.json"
  public static let trialsName = "trials.json"
  public static let keyName = "key.json"

  public let folder: RunFolder
  public let design: StudyDesign
  public let key: StudyKey
  public let trials: [StudyTrial]
  private let designChecksum: String

  /// - Throws: ``FileError`` where the folder holds no study, or its files do not belong together.
  public init(_ url: URL) throws {
    folder = RunFolder(url)
    guard folder.exists(Self.designName) else {
      throw FileError(
        file: url,
        problem: "is no study: it has no \(Self.designName), which intrigue study prepare writes last")
    }
    let designFile = folder.file(Self.designName)
    let designData = try FileContents.read(designFile)
    designChecksum = Checksum.hexadecimal(of: designData)
    design = try JSONFile.decode(StudyDesign.self, from: designData, file: designFile)
    guard design.format == StudyDesign.currentFormat else {
      throw FileError(
        file: folder.file(Self.designName),
        problem: "has format \(design.format): expected \(StudyDesign.currentFormat)")
    }
    let keyFile = folder.file(Self.keyName)
    let keyData = try FileContents.read(keyFile)
    let found = Checksum.hexadecimal(of: keyData)
    guard found == design.keyChecksum else {
      throw FileError(
        file: keyFile,
        problem: "is not the key of this study: expected SHA-256 \(design.keyChecksum.prefix(12)), found "
          + "\(found.prefix(12))")
    }
    key = try JSONFile.decode(StudyKey.self, from: keyData, file: keyFile)
    let trialsFile = folder.file(Self.trialsName)
    trials = try JSONFile.read([StudyTrial].self, from: trialsFile)
    guard trials.map(\.id) == key.entries.map(\.trial) else {
      throw FileError(file: trialsFile, problem: "lists other trials than \(Self.keyName)")
    }
    if let problem = Self.problem(of: design, key) { throw FileError(file: keyFile, problem: problem) }
    for trial in trials where !folder.exists(Self.picture(of: trial.id)) {
      throw FileError(file: folder.file(Self.picture(of: trial.id)), problem: "is missing")
    }
  }

  /// What nobody could be asked by.
  private static func problem(of design: StudyDesign, _ key: StudyKey) -> String? {
    guard Set(key.entries.map(\.trial)).count == key.entries.count else {
      return "has two trials of one name"
    }
    if let entry = key.entries.first(where: {
      $0.direction.map { !key.directions.indices.contains($0) } ?? false
    }) {
      return "has a trial \(entry.trial) about a direction that it does not have"
    }
    if let direction = key.directions.first(where: { !design.networks.indices.contains($0.network) }) {
      return "has a direction \(direction.name) of a network that \(designName) does not have"
    }
    let choices = key.entries.filter { $0.part == .choice }
    guard choices.allSatisfy({ $0.direction != nil }),
      key.entries.allSatisfy({ $0.part == .sheet || $0.highQuery != nil })
    else { return "has a question without a direction or without an answer" }
    let asked = Dictionary(grouping: choices) { $0.direction ?? 0 }
    guard asked.count == 2 * design.directionsPerKind,
      asked.values.allSatisfy({ $0.count == design.questionsPerDirection })
    else {
      return "asks about \(asked.count) directions: expected \(2 * design.directionsPerKind), with "
        + "\(design.questionsPerDirection) questions each"
    }
    return nil
  }

  /// Name of a trial's picture in the folder.
  package static func picture(of trial: String) -> String { "trials/\(trial).png" }

  /// For what holds secrets, from its first byte: other users of the machine may be participants.
  static let ownerOnly: mode_t = 0o600

  /// Opens the answers, or makes the file for them.
  ///
  /// - Throws: ``FileError`` where the answers were given to another study, or to this one as it stood otherwise: what
  ///   is asked and how it will be judged is declared before anybody answers.
  public func answers() throws -> AnswerStore {
    let file = folder.file(AnswerStore.fileName)
    let store = try AnswerStore(file, keyChecksum: design.keyChecksum)
    let declared = try store.setting("design checksum", default: designChecksum)
    guard declared == designChecksum else {
      throw FileError(
        file: folder.file(Self.designName),
        problem: "was changed after people were asked: expected SHA-256 \(declared.prefix(12)), found "
          + "\(designChecksum.prefix(12))")
    }
    return store
  }
}
