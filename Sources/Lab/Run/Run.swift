import Datasets
import Figures
import Foundation
import Networks
import Storage
import Synchronization

/// One run of an experiment in one folder: the only writer of `run.json`.
///
///     let run = try Run(record, on: dataset, in: folder, progress)
///     let (folder, progress) = (run.folder, run.progress)
///     …
///     try run.complete(with: results)
///
/// It is made once all that can be known to be wrong was looked at, because it replaces the record of an earlier run. It
/// holds the folder's lock until it goes, so that a second run at the same time is refused before it touches anything; an
/// experiment inside another locks a folder of its own, or shares the lock where it shares the folder.
public final class Run<Configuration: Codable & Sendable, Results: Codable & Sendable>: Sendable {
  /// The folder while it is locked: files are written through this value.
  public let folder: RunFolder
  /// Tells on what it is told, and takes the time of each stage.
  public let progress: ProgressHandler
  private let record: RunRecord<Configuration, Results>
  private let clock: StageClock

  /// - Parameters:
  ///   - dataset: What is read; nil: no images.
  ///   - remarks: What was assumed, left out or chosen for the user: told, and recorded.
  ///   - keepsEarlier: Whether an earlier run's files stay until ``begin()``, since everything is computed before the first
  ///     of them is replaced.
  /// - Throws: ``FileError`` when another run is writing the folder, it holds another experiment, or is the data set.
  public init(
    _ record: RunRecord<Configuration, Results>, on dataset: Dataset?, in folder: RunFolder,
    remarks: [String] = [], keepsEarlier: Bool = false, _ progress: @escaping ProgressHandler
  ) throws {
    try folder.check(holds: record.experiment)
    try dataset.map { try folder.check(isNot: $0) }
    self.folder = try folder.locked()
    for remark in remarks { try progress(.warning(remark)) }
    var record = record
    record.remarks = remarks.isEmpty ? nil : remarks
    self.record = record
    let clock = StageClock()
    self.clock = clock
    self.progress = { event in
      if case .stage(let name) = event { clock.begin(name) }
      try progress(event)
    }
    // Again, now that nobody else writes there: a run that has just ended may have made the folder its own.
    try folder.check(holds: record.experiment)
    if folder.lock == nil { try self.folder.warnWithoutLock(progress) }
    if !keepsEarlier { try begin() }
  }

  package var experiment: String { record.experiment }
  /// What the run is recorded with.
  public var configuration: Configuration { record.configuration }

  /// Writes the record of a run that has begun in the place of an earlier one.
  public func begin() throws { try folder.write(record, to: folder.recordName) }

  /// Writes results into the record before anything is drawn of them: a picture never stands between work and result.
  public func measured(_ results: Results) throws {
    var record = record
    record.results = results
    try folder.write(record, to: folder.recordName)
  }

  /// Writes the record of the finished run, with the workers that memory sufficed for: the last thing that a run does.
  public func complete(with results: Results) throws {
    var record = record
    let asked = record.environment.workerCount
    record.environment.workerCount = MemoryConcessions.current?.workerCount(of: asked) ?? asked
    record.results = results
    // In this folder and those inside it.
    let undrawn = FigureFailures.current?.remarks(in: folder.url) ?? []
    if !undrawn.isEmpty { record.remarks = (record.remarks ?? []) + undrawn }
    record.stages = clock.stages
    record.complete = true
    try folder.write(record, to: folder.recordName)
  }
}

/// Takes the time of stages that follow one another.
private final class StageClock: Sendable {
  private struct State {
    var ended: [RunStage] = []
    var current: (name: String, start: ContinuousClock.Instant)?
  }
  private let state = Mutex(State())

  func begin(_ name: String) {
    state.withLock { state in
      let now = ContinuousClock.now
      if let current = state.current {
        state.ended.append(RunStage(name: current.name, seconds: (now - current.start) / .seconds(1)))
      }
      state.current = (name, now)
    }
  }

  /// All so far; the last one ends now.
  var stages: [RunStage] {
    state.withLock { state in
      state.ended
        + (state.current.map {
          [RunStage(name: $0.name, seconds: (ContinuousClock.now - $0.start) / .seconds(1))]
        } ?? [])
    }
  }
}
