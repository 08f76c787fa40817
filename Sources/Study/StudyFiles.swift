import Experiments
import Foundation
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

  /// - Throws: ``FileError`` where the folder holds no study, or its files do not belong together.
  public init(_ url: URL) throws {
    folder = RunFolder(url)
    guard folder.exists(Self.designName) else {
      throw FileError(
        file: url,
        problem: "is no study: it has no \(Self.designName), which intrigue study prepare writes last")
    }
    design = try JSONFile.read(StudyDesign.self, from: folder.file(Self.designName))
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
  }

  /// Name of a trial's picture in the folder.
  static func picture(of trial: String) -> String { "trials/\(trial).png" }

  /// Opens the answers, or makes the file for them.
  public func answers() throws -> AnswerStore {
    try AnswerStore(folder.file(AnswerStore.fileName), keyChecksum: design.keyChecksum)
  }
}
