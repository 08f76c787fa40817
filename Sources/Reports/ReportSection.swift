import Foundation
import Lab

/// One experiment on the page: what was found, what shows it, and where it came from.
struct ReportSection: Equatable, Sendable {
  struct Picture: Equatable, Sendable {
    /// In the run folder.
    let file: String
    let caption: String
    /// For those who cannot see it.
    let alternative: String
    /// What the picture shows, line by line; empty where the caption says it all.
    let transcript: [String]
    let width: Int
    let height: Int
    /// How to draw it again.
    let redrawing: String
    let basis: String
    let isForArticle: Bool
    /// The same as PDF, in the run folder.
    let drawing: String?
  }

  struct Table: Equatable, Sendable {
    /// In the run folder.
    let file: String
    let caption: String
    let columns: [String]
    let rows: [[String]]
    /// Of the file; the page shows the first ones.
    let rowCount: Int
    /// Anchors by what stands in the first column.
    let links: [String: String]
    /// What an article shows: places of columns, and their headings there.
    let articleColumns: [ArticleColumn]
    let basis: String
    let isForArticle: Bool

    struct ArticleColumn: Equatable, Sendable {
      let place: Int
      /// For LaTeX.
      let heading: String
      /// Holds names of the code.
      let isIdentifier: Bool
    }

    /// Rows that a table may have to stand in a text.
    static let shortRowCount = 40

    /// Names of the columns as people read them. By scalar: a joining one beside an underscore would hide it.
    var headings: [String] { columns.map(Self.heading) }

    static func heading(_ column: String) -> String {
      String(String.UnicodeScalarView(column.unicodeScalars.map { $0 == "_" ? " " : $0 }))
    }

    /// Columns of names that users choose: a class called 3.14159265 stays as it is written.
    private static let nameColumns: Set = [
      "class", "target_class", "predicted_class", "top_class_name", "name", "network",
    ]

    /// Whether all that stands in a column are numbers.
    func isNumeric(_ column: Int) -> Bool {
      guard !Self.nameColumns.contains(columns[column]) else { return false }
      let cells = rows.compactMap { $0.indices.contains(column) ? $0[column] : nil }.filter { !$0.isEmpty }
      return !cells.isEmpty && cells.allSatisfy { Double($0) != nil }
    }
  }

  /// Unique on the page; letters, digits and hyphens.
  let anchor: String
  /// With the name of the run where another section has the same.
  var title: String
  /// Sentences with their denominators, the one to read first in front.
  let findings: [String]
  /// What the numbers are of.
  let basis: String
  /// Text whose columns must stay below each other; empty where there is none.
  let listing: [String]
  let pictures: [Picture]
  let tables: [Table]
  /// Tables for an article, in the run folder.
  let articleTables: [String]
  let citations: [Citation]
  /// The directions of a gallery one by one.
  let directions: DirectionGallery?
  /// Data, seed, versions.
  let provenance: [Fact]
  /// `run.json` without its results.
  let configuration: String
  let folder: URL

  struct Fact: Equatable, Sendable {
    let name: String
    let value: String
  }

  /// Everything of the run folder that the page shows or links to.
  var files: [String] {
    pictures.map(\.file) + tables.map(\.file) + (directions?.files ?? [])
  }
}
