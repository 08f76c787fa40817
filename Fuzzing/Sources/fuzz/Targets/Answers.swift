import Lab
import Foundation
import Storage

@testable import Study

/// `answers.sqlite` of a study, and what `study results` makes of it. Its seeds are in the corpus, and so is the study.
struct AnswersTarget: FuzzTarget {
  static let name = "answers"
  private let file: URL
  private let design: StudyDesign
  private let key: StudyKey

  /// Few draws of the bootstrap: what is looked for shows in the first one.
  private static let drawCount = 9

  init(in folder: URL) throws {
    file = folder.appending(path: AnswerStore.fileName)
    let study = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Study")
    design = try JSONFile.read(StudyDesign.self, from: study.appending(path: StudyFiles.designName))
    key = try JSONFile.read(StudyKey.self, from: study.appending(path: StudyFiles.keyName))
  }

  var seeds: [Data] { [] }

  func read(_ data: Data) throws {
    for leftover in ["-wal", "-shm", "-journal"] { unlink(file.path + leftover) }
    try data.write(to: file)
    let store = try AnswerStore(file, keyChecksum: design.keyChecksum)
    let analysis = try StudyAnalysis(
      design: design, key: key, store.everything(), drawCount: Self.drawCount)
    _ = analysis.results(files: [])
  }

  func foresees(_ error: any Error) -> Bool { error is ForeignAnswer }
}
