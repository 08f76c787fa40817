import Experiments
import Foundation
import Storage
import Study

/// What a kind of experiment has to say on the page.
struct RunSummary: Sendable {
  var title: String
  var findings: [String]
  /// What the numbers are of, for every caption: n, k, the null distribution, the interval, the denominators. Whole
  /// sentences.
  var basis: String
  /// Columns of text.
  var listing: [String] = []
  /// Names in the run folder, the one to look at first in front; those that are not there are left out.
  var pictures: [Drawn]
  var tables: [Tabulated] = []
  /// Tables for an article that the experiment itself wrote, with captions of their own.
  var articleTables: [String] = []
  /// Beside the two papers that everything is about.
  var citations: [Citation] = []

  struct Drawn: Sendable {
    let file: String
    let caption: String
    /// nil: the caption, and what the picture itself says.
    var alternative: String?
    /// Legible on a page of an article.
    var isForArticle = true
  }

  struct Tabulated: Sendable {
    let file: String
    let caption: String
    /// Every row stands on the page.
    var isWhole = false
    /// What an article shows of it: names of columns, and their headings there. Empty: everything.
    var articleColumns: [(name: String, heading: String)] = []
    /// Nothing among ``RunSummary/articleTables`` says the same better.
    var isForArticle = true
  }
}

/// Results that can stand on a page.
protocol ReportedResults: Codable, Sendable {
  var reportSummary: RunSummary { get }
}

extension RunSummary {
  /// Whatever any experiment records, before its kind is known.
  private struct Kind: Codable {
    let experiment: String
    let complete: Bool
  }

  /// - Throws: ``FileError`` where the folder holds no finished run, or one of a kind that has no page.
  static func read(_ folder: RunFolder) throws -> RunSummary {
    let file = folder.file(folder.recordName)
    guard folder.exists(folder.recordName) else {
      throw FileError(file: folder.url, problem: "is no run folder: it has no \(folder.recordName)")
    }
    let kind = try JSONFile.read(Kind.self, from: file)
    guard kind.complete else {
      throw FileError(
        file: folder.url,
        problem: "holds a run of \(kind.experiment) that was not finished; give its command again")
    }
    func results<Results: ReportedResults>(_ type: Results.Type) throws -> RunSummary {
      try JSONFile.read(Finished<Results>.self, from: file).results.reportSummary
    }
    switch kind.experiment {
    case "train": return try results(TrainExperiment.Results.self)
    case "evaluate": return try results(EvaluateExperiment.Results.self)
    case "gallery": return try results(GalleryExperiment.Results.self)
    case "compare": return try results(Comparison.self)
    case "attack": return try results(AttackExperiment.Results.self)
    case "attack every target": return try results(EveryTargetExperiment.Results.self)
    case "attack pool": return try results(PoolResults.self)
    case "transfer": return try results(TransferResults.self)
    case "linearity": return try results(LinearityExperiment.Results.self)
    case "pattern": return try results(PatternExperiment.Results.self)
    case "rubbish": return try results(RubbishExperiment.Results.self)
    case "reproduce": return try results(ReproductionExperiment.Results.self)
    case "study": return try results(StudyResults.self)
    default:
      throw FileError(
        file: folder.url,
        problem:
          "holds a run of \(kind.experiment), which has no page; expected one of train, evaluate, gallery, compare, "
          + "attack, attack pool, transfer, linearity, pattern, rubbish, reproduce, study or demo")
    }
  }

  private struct Finished<Results: Codable>: Codable { let results: Results }
}
