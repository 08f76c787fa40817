import Datasets
import Foundation

/// A question that is put to networks and images, from its settings to what is left of it in a run folder.
///
///     input        reads data and models
///     prepare      everything that can be known to be wrong; writes nothing
///     measure      the numbers, in kept parts where they take long
///     exhibits     what is read and looked at of them: computes nothing that takes long
///
/// ``run(in:progress:)`` takes these steps in this order; numbers and record stand before the first picture is drawn.
public protocol Experiment: Sendable {
  associatedtype Configuration: Codable & Sendable
  associatedtype Input
  associatedtype Material
  associatedtype Results: Codable & Sendable
  /// What pictures and tables are made of besides the results, and no record holds: images, networks, lists by image.
  associatedtype Evidence

  /// What `run.json` calls it.
  static var name: String { get }
  var configuration: Configuration { get }
  var workerCount: Int { get }

  func input(_ progress: @escaping ProgressHandler) throws -> Input
  /// - Parameter folder: Looked at for conflicts, not changed.
  func prepare(_ input: Input, in folder: RunFolder, _ progress: @escaping ProgressHandler) throws
    -> Prepared<Self>
  func measure(_ material: Material, _ run: Run<Configuration, Results>) throws
    -> (results: Results, evidence: Evidence)
  func exhibits(_ results: Results, _ evidence: Evidence, _ material: Material) throws -> Exhibits
}

/// What an experiment is to be run with, found good.
public struct Prepared<Subject: Experiment> {
  package var material: Subject.Material
  /// With what nobody gave filled in: the run records it.
  package var configuration: Subject.Configuration
  /// nil: no images are read.
  package var dataset: Dataset?
  /// What was assumed, left out or chosen for the user.
  package var remarks: [String] = []

  package init(
    material: Subject.Material, configuration: Subject.Configuration, dataset: Dataset? = nil,
    remarks: [String] = []
  ) {
    self.material = material
    self.configuration = configuration
    self.dataset = dataset
    self.remarks = remarks
  }
}

extension Experiment {
  /// - Throws: What the steps throw. Before the first file is written, all that can be known to be wrong has been looked at.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    try run(on: input(progress), in: folder, progress: progress)
  }

  /// - Parameter input: Already read.
  @discardableResult
  package func run(on input: Input, in folder: RunFolder, progress: @escaping ProgressHandler) throws
    -> Results
  {
    let prepared = try prepare(input, in: folder, progress)
    let record = RunRecord<Configuration, Results>(
      experiment: Self.name, configuration: prepared.configuration, workerCount: workerCount,
      data: prepared.dataset.map(DataRecord.init))
    let run = try Run(record, on: prepared.dataset, in: folder, remarks: prepared.remarks, progress)
    let (results, evidence) = try measure(prepared.material, run)
    try run.measured(results)
    try run.show(exhibits(results, evidence, prepared.material))
    try run.complete(with: results)
    return results
  }
}
