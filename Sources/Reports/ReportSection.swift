import Foundation

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
  }

  /// Unique on the page; letters, digits and hyphens.
  let anchor: String
  let title: String
  /// Sentences with their denominators, the one to read first in front.
  let findings: [String]
  /// Text whose columns must stay below each other; empty where there is none.
  let listing: [String]
  let pictures: [Picture]
  let tables: [Table]
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
    pictures.map(\.file) + tables.map(\.file) + (directions?.catalogue.sheetNames ?? [])
  }
}
