import Figures
import Foundation
import Inference
import Lab
import Storage
import Tensors

/// Writes the results of a study beside it: tables, figures and the record, from the answers as they stand.
///
/// May be run while people still answer, and again afterwards; the same answers give the same bytes.
public struct StudyReport: Sendable {
  public let files: StudyFiles

  public init(_ files: StudyFiles) { self.files = files }

  static let tableNames = ["results.csv", "directions.csv", "participants.csv", "answers.csv", "study.tex"]

  /// - Throws: ``FileError``, ``Chart/Problem``, and what `progress` throws.
  @discardableResult
  public func write(progress: @escaping ProgressHandler) throws -> StudyResults {
    guard files.folder.exists(AnswerStore.fileName) else {
      throw FileError(
        file: files.folder.url, problem: "has no answers yet: serve the study first with intrigue study serve"
      )
    }
    try progress(.stage("counting answers and drawing participants with replacement"))
    let analysis = try StudyAnalysis(files, try files.answers().everything())
    let charts = StudyCharts(design: files.design)
    var results = analysis.results(files: [])
    let drawn = charts.all(results, analysis.records)
    results.files =
      drawn.map { "figures/\($0.name).png" } + Self.tableNames + [files.folder.recordName]
    let record = RunRecord<StudyDesign, StudyResults>(
      experiment: "study", configuration: files.design, workerCount: 1, data: nil)
    let run = try Run(record, on: nil, in: files.folder, progress)
    let (folder, progress) = (run.folder, run.progress)
    try run.measured(results)
    let tables = StudyTables(analysis: analysis, results: results)
    try tables.answers.write(to: folder.file("answers.csv"))
    try tables.participants.write(to: folder.file("participants.csv"))
    try tables.directions.write(to: folder.file("directions.csv"))
    try tables.estimates.write(to: folder.file("results.csv"))
    try AtomicFile.write(tables.latex, to: folder.file("study.tex"))
    let figures = try folder.folder("figures")
    try progress(.stage("drawing"))
    for chart in drawn { try chart.chart.write(named: chart.name, in: figures.url) }
    try run.complete(with: results)
    return results
  }
}
