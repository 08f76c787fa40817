import Foundation
import Storage

/// What a run leaves to be read and looked at: `exhibits.json` beside its record.
///
/// Whoever shows runs reads this and the files that it names, and knows no experiment.
public struct ExhibitList: Codable, Equatable, Sendable {
  public struct Picture: Codable, Equatable, Sendable {
    /// A PNG in the run folder.
    public var file: String
    public var caption: String
    /// For people who do not see it; nil: the caption, and what the picture itself says.
    public var alternative: String?
    /// What its numbers are of; nil: that of the run.
    public var basis: String?
    /// Legible on a page of an article.
    public var isForArticle = true
    /// The same as PDF, in the run folder. nil: beside a script of gnuplot, where there is one.
    public var drawing: String?
  }

  public struct Table: Codable, Equatable, Sendable {
    /// Comma-separated values in the run folder.
    public var file: String
    public var caption: String
    public var basis: String?
    /// Every row stands on a page.
    public var isWhole = false
    /// Nothing among ``ExhibitList/articleTables`` says the same better.
    public var isForArticle = true
    public var columns: [Column]
  }

  public struct Column: Codable, Equatable, Sendable {
    public var name: String
    /// In an article; nil: the column is left out there.
    public var heading: String?
    /// Of names of the code, such as `pixelDirections`, which an article writes as words.
    public var isIdentifier = false
  }

  public var title: String
  public var findings: [String]
  /// What the numbers are of, for every caption that has no words of its own for it: n, k, the null distribution, the
  /// interval, the denominators. Whole sentences.
  public var basis: String
  /// Columns of text.
  public var listing: [String]
  /// The one to look at first in front.
  public var pictures: [Picture] = []
  public var tables: [Table] = []
  /// Tables in LaTeX that the experiment itself wrote, with captions of their own.
  public var articleTables: [String] = []
  /// Where a ``DirectionCatalogue`` stands: a folder with a slash, or nothing; nil: there is none.
  public var catalogue: String?
  /// Beside the two papers that everything is about.
  public var citations: [Citation] = []

  /// The name of the file beside a record: `exhibits.json`, or `train-exhibits.json` beside `train.json`.
  package static func name(beside recordName: String) -> String {
    recordName == "run.json" ? "exhibits.json" : recordName.replacing(".json", with: "-exhibits.json")
  }
}

extension ExhibitList {
  /// That of a run; nil: the run is of an earlier version, or not finished.
  ///
  /// - Throws: ``FileError`` where it cannot be read.
  public init?(of folder: RunFolder) throws {
    let name = Self.name(beside: folder.recordName)
    guard folder.exists(name) else { return nil }
    self = try JSONFile.read(Self.self, from: folder.file(name))
  }

  /// For a terminal: what was found, and where to look.
  public func lines(in folder: RunFolder) -> [String] {
    guard !listing.isEmpty else { return findings + places(in: folder) }
    return Array(findings.prefix(1)) + [""] + listing + [""] + findings.dropFirst() + places(in: folder)
  }

  /// Where to look, for a terminal: the pictures that are there, then the tables.
  private func places(in folder: RunFolder) -> [String] {
    func line(_ word: String, _ files: [String]) -> [String] {
      let files = files.filter(folder.exists)
      guard let first = files.first else { return [] }
      return [
        "\(word)\(folder.file(first).relativePath)"
          + files.dropFirst().map { ", \($0.split(separator: "/").last ?? "")" }.joined()
      ]
    }
    return line("look at    ", pictures.map(\.file)) + line("numbers    ", tables.map(\.file))
  }
}
