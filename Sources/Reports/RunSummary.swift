import AttackRoom
import CompareRoom
import EvaluateRoom
import Foundation
import GalleryRoom
import Lab
import LinearityRoom
import PatternRoom
import PoisonRoom
import PoolRoom
import PrivacyRoom
import ReproduceRoom
import RubbishRoom
import SmoothRoom
import Storage
import Study
import SubstituteRoom
import TrainRoom
import TransferRoom

/// What a kind of experiment has to say on the page.
struct RunSummary: Sendable {
  var title: String
  var findings: [String]
  /// What the numbers are of, for every caption that has no words of its own for it: n, k, the null distribution, the
  /// interval, the denominators. Whole sentences.
  var basis: String
  /// Columns of text.
  var listing: [String] = []
  /// Names in the run folder, the one to look at first in front; those that are not there are left out.
  var pictures: [Drawn]
  var tables: [Tabulated] = []
  /// Where a ``DirectionCatalogue`` stands: a folder with a slash, or nothing; nil: there is none.
  var catalogue: String?
  /// Tables for an article that the experiment itself wrote, with captions of their own.
  var articleTables: [String] = []
  /// Beside the two papers that everything is about.
  var citations: [Citation] = []

  struct Drawn: Sendable {
    let file: String
    let caption: String
    /// nil: the caption, and what the picture itself says.
    var alternative: String?
    /// nil: that of the run.
    var basis: String?
    /// Legible on a page of an article.
    var isForArticle = true
    /// The same as PDF, in the run folder. nil: beside a gnuplot script, where there is one.
    var drawing: String?
  }

  struct Tabulated: Sendable {
    let file: String
    let caption: String
    /// nil: that of the run.
    var basis: String?
    /// Every row stands on the page.
    var isWhole = false
    /// What an article shows of it: names of columns, and their headings there. Empty: everything.
    var articleColumns: [(name: String, heading: String)] = []
    /// Columns of names of the code, such as `pixelDirections`, which an article writes as words.
    var identifiers: Set<String> = []
    /// Nothing among ``RunSummary/articleTables`` says the same better.
    var isForArticle = true
  }
}

/// Results that can stand on a page.
protocol ReportedResults: Codable, Sendable {
  var reportSummary: RunSummary { get }
}

extension RunSummary {
  /// - Throws: ``FileError`` where the folder holds no finished run, or one of a kind that has no page.
  static func read(_ folder: RunFolder) throws -> RunSummary {
    let file = folder.file(folder.recordName)
    guard folder.exists(folder.recordName) else {
      throw FileError(file: folder.url, problem: "is no run folder: it has no \(folder.recordName)")
    }
    let kind = try JSONFile.read(RecordHead.self, from: file)
    guard kind.complete == true else {
      throw FileError(
        file: folder.url,
        problem: "holds a run of \(kind.experiment) that was not finished; give its command again")
    }
    func results<Results: ReportedResults>(_ type: Results.Type) throws -> RunSummary {
      try JSONFile.read(Finished<Results>.self, from: file).results.reportSummary
    }
    if let list = try ExhibitList(of: folder) { return RunSummary(list) }
    switch kind.experiment {
    case "train": return try results(TrainExperiment.Results.self)
    case "evaluate": return try results(EvaluateExperiment.Results.self)
    case "gallery":
      let record = try JSONFile.read(FinishedGallery.self, from: file)
      return record.results.reportSummary(
        family: record.configuration.family ?? .sphere, topCount: record.configuration.topCount)
    case "compare": return try results(Comparison.self)
    case "attack": return try results(AttackExperiment.Results.self)
    case "attack every target": return try results(EveryTargetExperiment.Results.self)
    case "attack pool": return try results(PoolResults.self)
    case "transfer": return try results(TransferResults.self)
    case "linearity": return try results(LinearityExperiment.Results.self)
    case "pattern": return try results(PatternExperiment.Results.self)
    case "rubbish": return try results(RubbishExperiment.Results.self)
    case "substitute": return try results(SubstituteResults.self)
    case "privacy": return try results(PrivacyResults.self)
    case "smooth": return try results(SmoothingResults.self)
    case "poison labels": return try results(LabelPoisonExperiment.Results.self)
    case "shift", "poison backdoor": return try RunSummary(ofEarlier: kind.experiment, in: folder)
    case "poison collision": return try results(CollisionExperiment.Results.self)
    case "poison linear": return try results(LinearPoisonExperiment.Results.self)
    case "reproduce": return try results(ReproductionExperiment.Results.self)
    case "study": return try results(StudyResults.self)
    default:
      throw FileError(
        file: folder.url,
        problem:
          "holds a run of \(kind.experiment), which has no page; expected one of train, evaluate, gallery, compare, "
          + "attack, attack pool, substitute, transfer, linearity, pattern, rubbish, privacy, smooth, shift, poison labels, "
          + "poison backdoor, poison collision, poison linear, reproduce, study or demo")
    }
  }

  private struct Finished<Results: Codable>: Codable { let results: Results }

  /// A gallery's results alone do not say k and what stands beside the neurons.
  private struct FinishedGallery: Codable {
    struct Configuration: Codable {
      let family: DirectionFamily?
      let topCount: Int
    }

    let configuration: Configuration
    let results: GalleryExperiment.Results
  }
}
