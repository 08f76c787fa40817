import Commit
import Datasets
import Foundation

/// What `run.json` says.
public struct RunRecord<Configuration: Codable & Sendable, Results: Codable & Sendable>: Codable, Sendable {
  /// The experiment, such as train, rank, attack pool.
  public var experiment: String
  public var configuration: Configuration
  public var environment: RunEnvironment
  public var data: DataRecord?
  /// What was assumed, left out or chosen for the user, besides what `data` says, a sentence without its full stop each;
  /// nil: nothing.
  public var remarks: [String]?
  /// When the run began, in UTC, as ISO 8601 has it; nil in records of earlier versions.
  public var date: String?
  /// The commit that the program was built from, with `-dirty` where files differed from it, or `unknown`; nil in records
  /// of earlier versions.
  public var commit: String?
  /// What was done, in its order, once the input had been found good; nil until the experiment has ended, and in records
  /// of earlier versions.
  public var stages: [RunStage]?
  /// Nil until the experiment has ended.
  public var results: Results?
  public var complete: Bool

  public init(experiment: String, configuration: Configuration, workerCount: Int, data: DataRecord?) {
    self.experiment = experiment
    self.configuration = configuration
    environment = RunEnvironment(workerCount: workerCount)
    self.data = data
    commit = Commit.text
    date = Date.now.formatted(.iso8601)
    complete = false
  }
}

/// What every record says, whatever experiment it is of: read where configuration and results do not matter.
public struct RecordHead: Decodable, Sendable {
  public let experiment: String
  public let complete: Bool?
  public let data: DataRecord?
}

/// A stage of a run, as it was told while it ran.
public struct RunStage: Codable, Equatable, Sendable {
  public var name: String
  public var seconds: Double

  public init(name: String, seconds: Double) {
    self.name = name
    self.seconds = seconds
  }
}

/// The data an experiment ran on.
public struct DataRecord: Codable, Equatable, Sendable {
  public var name: String
  /// See `Dataset.checksum`.
  public var checksum: String
  public var trainingCount: Int
  public var heldOutCount: Int
  /// nil: there is none.
  public var remarks: [DatasetRemark]?

  public init(
    name: String, checksum: String, trainingCount: Int, heldOutCount: Int, remarks: [DatasetRemark]? = nil
  ) {
    self.remarks = remarks
    self.name = name
    self.checksum = checksum
    self.trainingCount = trainingCount
    self.heldOutCount = heldOutCount
  }

  /// For the foot of a sheet.
  package var remarkLines: [String] { (remarks ?? []).map { "As read: \($0.sentence)." } }
}
