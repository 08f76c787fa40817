import Datasets
import Foundation
import Storage

/// Folders into which an experiment does not write.
extension RunFolder {
  /// - Throws: ``FileError`` when the folder holds the record of another experiment, or a file of that name which is no
  ///   record: what it describes would no longer be what is there.
  package func check(holds experiment: String) throws {
    guard exists(recordName) else { return }
    let file = file(recordName)
    guard let found = try? JSONFile.read(RecordHead.self, from: file).experiment else {
      throw FileError(
        file: file, problem: "is no record of Intrigue's and would be replaced; choose another --output")
    }
    guard found == experiment else {
      throw FileError(
        file: url,
        problem: "holds a run of \(found), and this is one of \(experiment); choose another --output")
    }
  }

  /// - Throws: ``FileError`` when results in the folder would lie among the images of the data set.
  public func check(isNot dataset: Dataset) throws {
    guard let origin = dataset.origin else { return }
    let own = Self.parts(of: url)
    let isAmong =
      switch origin {
      case .folders(let folder): own.starts(with: Self.parts(of: folder))
      case .files(let folder): own == Self.parts(of: folder)
      }
    guard !isAmong else {
      throw FileError(
        file: url,
        problem:
          "holds the images of \(dataset.name), and results among them would be read as data; choose another "
          + "--output")
    }
  }

  /// Of the folder that the path leads to, or would lead to, with its links followed.
  private static func parts(of folder: URL) -> [String] {
    var (existing, rest) = (folder.standardizedFileURL, [String]())
    while !FileManager.default.fileExists(atPath: existing.path), existing.pathComponents.count > 1 {
      rest.insert(existing.lastPathComponent, at: 0)
      existing.deleteLastPathComponent()
    }
    return existing.resolvingSymlinksInPath().pathComponents + rest
  }
}
