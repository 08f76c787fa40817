import AttackRoom
import Foundation
import Lab
import Storage
import Study

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
    case "attack": return try results(AttackExperiment.Results.self)
    case "attack every target": return try results(EveryTargetExperiment.Results.self)
    case "train", "evaluate", "gallery", "compare", "attack pool", "transfer", "linearity", "pattern",
      "rubbish",
      "substitute", "privacy", "smooth", "shift", "poison labels", "poison backdoor", "poison collision",
      "poison linear", "reproduce":
      return try RunSummary(ofEarlier: kind.experiment, in: folder)
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
}
