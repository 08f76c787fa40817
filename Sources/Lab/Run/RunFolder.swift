import Foundation
import Storage

/// The folder in which an experiment leaves everything: the record of what was asked, and what came out.
///
/// ``Run`` writes `run.json` and locks the folder. Each file is whole or absent.
public struct RunFolder: Sendable {
  public let url: URL
  /// Name of the record: `run.json`, or another where several experiments share the folder.
  public let recordName: String
  /// Of the run that writes here; nil: none, or not this value's.
  package let lock: FolderLock?

  /// What a training leaves its network in.
  public static let modelName = "model.safetensors"

  /// Nothing is made on disk: ``create()`` does that, or a run.
  public init(_ url: URL, recordName: String = "run.json") {
    self.init(url, recordName: recordName, lock: nil)
  }

  private init(_ url: URL, recordName: String, lock: FolderLock?) {
    self.url = url
    self.recordName = recordName
    self.lock = lock
  }

  /// Makes the folder, and those above it, if they do not exist. While a run holds it, what killed runs left half
  /// written is cleared away.
  public func create() throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw FileError(file: url, problem: "cannot be made a folder: \(error.localizedDescription)")
    }
    lock?.removeLeftovers(in: url)
  }

  public func file(_ name: String) -> URL { url.appending(path: name) }

  /// A folder inside this one, made if it does not exist.
  public func folder(_ name: String) throws -> RunFolder {
    let folder = RunFolder(file(name), recordName: "run.json", lock: lock)
    try folder.create()
    return folder
  }

  public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  /// Removes files or folders of an earlier run that this one does not write; those that are not there are no error.
  public func remove(_ names: String...) throws {
    for name in names where exists(name) { try FileManager.default.removeItem(at: file(name)) }
  }

  /// The same folder for an experiment that is part of another.
  public func recording(as name: String) -> RunFolder { RunFolder(url, recordName: name, lock: lock) }

  /// The same folder, locked; made if it does not exist, and gone again with the lock if nothing was written.
  ///
  /// - Throws: ``FileError`` when another run is writing it.
  public func locked() throws -> RunFolder {
    if let lock, lock.folder.standardizedFileURL == url.standardizedFileURL { return self }
    let isNew = !FileManager.default.fileExists(atPath: url.path)
    try RunFolder(url).create()
    let lock = try FolderLock(url, removesEmptyFolder: isNew)
    let locked = RunFolder(url, recordName: recordName, lock: lock)
    lock.removeLeftovers()
    return locked
  }

  /// Tells of a folder that could not be locked, on a file system without locks.
  public func warnWithoutLock(_ progress: ProgressHandler) throws {
    if let problem = lock?.problem { try progress(.warning(problem)) }
  }

  public func write(_ value: some Encodable, to name: String) throws {
    try JSONFile.write(value, to: file(name))
  }
}
