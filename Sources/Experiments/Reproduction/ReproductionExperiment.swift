import Datasets
import Foundation
import Storage

/// Measures tables of the two papers again: trains their networks, attacks them in their way, and sets each number beside
/// the printed one.
///
/// | file | content |
/// | --- | --- |
/// | `reproduction.md` | all tables measured in this folder so far, to read |
/// | `reproduction.csv`, `.tex` | the same, a row for each number; for an article |
/// | `figures/TABLE.png` | ours against printed |
/// | `tables/TABLE.json` | what was measured for a table; kept when the command is given again |
/// | `networks/NAME/` | each network, trained when a table first asks for it |
/// | `experiments/NAME/` | what the lecture's questions leave: folders of substitute, smooth, privacy, shift and poison |
/// | `run.json` | configuration, environment, results |
public struct ReproductionExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    /// In the order of the papers, each once.
    public var tables: [PaperTable]
    public var scale: ReproductionScale
    /// Of networks, images and noise.
    public var seed: UInt64

    public init(
      data: DataSource, tables: [PaperTable] = PaperTable.allCases, scale: ReproductionScale = .full,
      seed: UInt64 = 1
    ) {
      precondition(!tables.isEmpty, "there must be a table to measure")
      self.data = data
      self.tables = PaperTable.allCases.filter(tables.contains)
      self.scale = scale
      self.seed = seed
    }
  }

  public struct Results: Codable, Sendable {
    /// All that the folder holds under these settings, in the order of the papers.
    public var reproductions: [Reproduction]
  }

  public let configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool

  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  private static let tablesFolder = "tables"

  /// Everything that decides what is measured.
  private struct Identity: Codable, Equatable {
    var toolVersion: String
    var dataChecksum: String
    var scale: ReproductionScale
    var seed: UInt64
  }

  private struct Part: Codable {
    var identity: Identity
    var reproduction: Reproduction
  }

  /// - Throws: ``RunConflict`` when the folder holds networks that were trained with other settings, and what loading,
  ///   training and writing throw.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let dataset = try configuration.data.load(progress)
    if dataset.name != "mnist" {
      try progress(.warning("the papers' numbers are of MNIST; those of \(dataset.name) stand beside them"))
    }
    let record = RunRecord<Configuration, Results>(
      experiment: "reproduce", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    try folder.write(record)
    if startsFresh { try discard(in: folder) }
    let identity = Identity(
      toolVersion: RunEnvironment.toolVersion, dataChecksum: dataset.checksum, scale: configuration.scale,
      seed: configuration.seed)
    let tables = try folder.folder(Self.tablesFolder)
    let bench = ReproductionBench(
      dataset, from: configuration.data, in: folder,
      scale: configuration.scale, seed: configuration.seed, workerCount: workerCount, progress: progress)
    for (number, table) in configuration.tables.enumerated() {
      guard part(of: table, in: tables, identity) == nil else { continue }
      try progress(
        .stage("\(table.rawValue), \(number + 1) of \(configuration.tables.count): \(table.title)"))
      let clock = ContinuousClock()
      let start = clock.now
      let sections = try table.measure(on: bench)
      let reproduction = Reproduction(
        table: table, sections: sections, seconds: (clock.now - start) / .seconds(1))
      try tables.write(Part(identity: identity, reproduction: reproduction), to: Self.name(of: table))
    }
    let reproductions = PaperTable.allCases.compactMap { part(of: $0, in: tables, identity)?.reproduction }
    try progress(.stage("drawing charts"))
    try ReproductionReport(
      reproductions: reproductions, data: DataRecord(dataset), configuration: configuration
    ).write(to: folder)
    let results = Results(reproductions: reproductions)
    try folder.write(record.completed(with: results))
    return results
  }

  private static func name(of table: PaperTable) -> String { "\(table.rawValue).json" }

  /// What an earlier run measured under the same settings.
  private func part(of table: PaperTable, in folder: RunFolder, _ identity: Identity) -> Part? {
    guard folder.exists(Self.name(of: table)),
      let part = try? JSONFile.read(Part.self, from: folder.file(Self.name(of: table))),
      part.identity == identity
    else { return nil }
    return part
  }

  private func discard(in folder: RunFolder) throws {
    for name in [ReproductionBench.networksFolder, ReproductionBench.experimentsFolder, Self.tablesFolder]
    where folder.exists(name) {
      try FileManager.default.removeItem(at: folder.file(name))
    }
  }
}
