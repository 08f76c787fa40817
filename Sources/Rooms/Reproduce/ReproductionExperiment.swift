import Adversarial
import Datasets
import Foundation
import Lab
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

  /// Raised when a table of the same settings has other numbers than before.
  static let revision = 1

  /// Everything but the data that decides what is measured for a table.
  private struct Settings: Codable, Equatable {
    var table: PaperTable
    var scale: ReproductionScale
    var seed: UInt64
  }

  /// - Throws: ``RunConflict`` when the folder holds networks that were trained with other settings, before anything is
  ///   written; what loading, training and writing throw.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let dataset = try configuration.data.load(progress)
    if dataset.name != "mnist" {
      try progress(.warning("the papers' numbers are of MNIST; those of \(dataset.name) stand beside them"))
    }
    try checkConflicts(on: dataset, in: folder)
    let record = RunRecord<Configuration, Results>(
      experiment: "reproduce", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, progress)
    let (folder, progress) = (run.folder, run.progress)
    if startsFresh {
      try folder.remove(
        ReproductionBench.networksFolder, ReproductionBench.experimentsFolder, Self.tablesFolder)
    }
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "reproduce": Self.revision])
    let tables = try folder.folder(Self.tablesFolder)
    let bench = ReproductionBench(
      dataset, from: configuration.data, in: folder,
      scale: configuration.scale, seed: configuration.seed, workerCount: workerCount, progress: progress)
    for (number, table) in configuration.tables.enumerated() {
      guard try part(of: table, in: tables, dataset, kept) == nil else { continue }
      try progress(
        .stage("\(table.rawValue), \(number + 1) of \(configuration.tables.count): \(table.title)"))
      let clock = ContinuousClock()
      let start = clock.now
      let sections = try table.measure(on: bench)
      let reproduction = Reproduction(
        table: table, sections: sections, seconds: (clock.now - start) / .seconds(1))
      try kept.keep(
        reproduction, Self.name(of: table), in: tables, checksums: ["data": dataset.checksum],
        settings: settings(table))
    }
    // Those that were not asked for this time are shown as well; if they do not count any more, they are left out.
    let quiet = KeptParts(like: kept) { _ in }
    let reproductions = try PaperTable.allCases.compactMap { try part(of: $0, in: tables, dataset, quiet) }
    try progress(.stage("drawing charts"))
    try ReproductionReport(
      reproductions: reproductions, data: DataRecord(dataset), configuration: configuration
    ).write(to: folder)
    let results = Results(reproductions: reproductions)
    try run.complete(with: results)
    return results
  }

  private static func name(of table: PaperTable) -> String { "\(table.rawValue).json" }

  private func settings(_ table: PaperTable) -> Settings {
    Settings(table: table, scale: configuration.scale, seed: configuration.seed)
  }

  /// What an earlier run measured under the same settings.
  private func part(
    of table: PaperTable, in folder: RunFolder, _ dataset: Dataset, _ kept: KeptParts
  ) throws -> Reproduction? {
    try kept.known(
      Reproduction.self, Self.name(of: table), in: folder, checksums: ["data": dataset.checksum],
      settings: settings(table))
  }

  /// Whether the folder's networks can be gone on with; asked before anything is changed.
  private func checkConflicts(on dataset: Dataset, in folder: RunFolder) throws {
    guard !startsFresh else { return }
    let bench = ReproductionBench(
      dataset, from: configuration.data, in: folder, scale: configuration.scale, seed: configuration.seed,
      workerCount: workerCount, progress: { _ in })
    try bench.checkConflicts()
    // Networks of the lecture's experiments, which are not listed: what made them says the same.
    let experiments = folder.file(ReproductionBench.experimentsFolder)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: experiments.path))?.sorted() ?? [] {
      let record = experiments.appending(path: "\(name)/\(folder.recordName)")
      guard let earlier = try? JSONFile.read(RecordHead.self, from: record).data?.checksum,
        earlier != dataset.checksum
      else { continue }
      throw RunConflict(folder: folder.url, differences: ["data"])
    }
  }
}
