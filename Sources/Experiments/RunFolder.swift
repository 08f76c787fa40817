import Foundation
import Networks
import Storage

/// The folder in which an experiment leaves everything: the record of what was asked, and what came out.
///
/// `run.json` is written when the experiment starts, with `complete` false, and again when it ends. Each file
/// is whole or absent.
public struct RunFolder: Sendable {
  public let url: URL
  /// Name of the record: `run.json`, or another where several experiments share the folder.
  public let recordName: String

  /// Nothing is made on disk: ``create()`` does that, or the first record.
  public init(_ url: URL, recordName: String = "run.json") {
    self.url = url
    self.recordName = recordName
  }

  /// Makes the folder, and those above it, if they do not exist, and clears away what killed runs left half written.
  public func create() throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw FileError(file: url, problem: "cannot be made a folder: \(error.localizedDescription)")
    }
    AtomicFile.removeLeftovers(in: url)
  }

  public func file(_ name: String) -> URL { url.appending(path: name) }

  /// A folder inside this one, made if it does not exist.
  public func folder(_ name: String) throws -> RunFolder {
    let folder = RunFolder(file(name))
    try folder.create()
    return folder
  }

  public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  /// Removes files or folders of an earlier run that this one does not write; those that are not there are no error.
  public func remove(_ names: String...) throws {
    for name in names where exists(name) { try FileManager.default.removeItem(at: file(name)) }
  }

  /// The same folder for an experiment that is part of another.
  public func recording(as name: String) -> RunFolder { RunFolder(url, recordName: name) }

  public func write(_ value: some Encodable, to name: String) throws {
    try JSONFile.write(value, to: file(name))
  }

  /// Writes the record under this folder's name for it; makes the folder.
  public func write<Configuration, Results>(_ record: RunRecord<Configuration, Results>) throws {
    try create()
    try JSONFile.write(record, to: file(recordName))
  }
}

/// What `run.json` says.
public struct RunRecord<Configuration: Codable & Sendable, Results: Codable & Sendable>: Codable, Sendable {
  /// The experiment: train, evaluate, gallery, rank, merge, attack or demo.
  public var experiment: String
  public var configuration: Configuration
  public var environment: RunEnvironment
  public var data: DataRecord?
  /// Nil until the experiment has ended.
  public var results: Results?
  public var complete: Bool

  public init(experiment: String, configuration: Configuration, workerCount: Int, data: DataRecord?) {
    self.experiment = experiment
    self.configuration = configuration
    environment = RunEnvironment(workerCount: workerCount)
    self.data = data
    complete = false
  }

  /// The record of the finished run, with the workers that memory sufficed for.
  public func completed(with results: Results) -> Self {
    var record = self
    let asked = environment.workerCount
    record.environment.workerCount = MemoryConcessions.current?.workerCount(of: asked) ?? asked
    record.results = results
    record.complete = true
    return record
  }
}

/// The data an experiment ran on.
public struct DataRecord: Codable, Equatable, Sendable {
  public var name: String
  /// See `Dataset.checksum`.
  public var checksum: String
  public var trainingCount: Int
  public var heldOutCount: Int

  public init(name: String, checksum: String, trainingCount: Int, heldOutCount: Int) {
    self.name = name
    self.checksum = checksum
    self.trainingCount = trainingCount
    self.heldOutCount = heldOutCount
  }
}
