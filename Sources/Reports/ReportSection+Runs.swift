import Experiments
import Foundation
import Images
import Storage
import SwiftCSV

extension ReportSection {
  /// Rows of a table on the page; the file beside it has all.
  static let shownRowCount = 200

  /// The sections of one run: three of a demo, one of any other.
  ///
  /// - Parameter prefix: Of the anchors: no two runs of a page have the same.
  /// - Throws: ``FileError`` where the folder holds no finished run that can be shown.
  static func sections(of folder: RunFolder, prefix: String) throws -> [ReportSection] {
    struct Kind: Codable { let experiment: String }
    if folder.exists(folder.recordName),
      try JSONFile.read(Kind.self, from: folder.file(folder.recordName)).experiment == "demo"
    {
      return try ["train", "gallery", "attack"].map { part in
        try ReportSection(folder.recording(as: "\(part).json"), anchor: "\(prefix)-\(part)")
      }
    }
    return [try ReportSection(folder, anchor: prefix)]
  }

  init(_ folder: RunFolder, anchor: String) throws {
    let summary = try RunSummary.read(folder)
    self.anchor = anchor
    title = summary.title
    findings = summary.findings
    basis = summary.basis
    listing = summary.listing
    articleTables = summary.articleTables.filter(folder.exists)
    citations = summary.citations
    self.folder = folder.url
    pictures = try summary.pictures.filter { folder.exists($0.file) }.map { try Self.picture($0, in: folder) }
    let directions = try DirectionGallery.read(folder, prefix: anchor)
    self.directions = directions
    tables = try summary.tables.filter { folder.exists($0.file) }.map {
      try Self.table($0, in: folder, links: directions?.anchors ?? [:])
    }
    (provenance, configuration) = try Self.origin(of: folder)
  }

  private static func picture(_ drawn: RunSummary.Drawn, in folder: RunFolder) throws -> Picture {
    let file = folder.file(drawn.file)
    let bitmap = try PNGFile.read(file)
    let texts = try PNGFile.readText(file)
    func text(_ key: String) -> String? { texts.first { $0.key == key }?.value }
    let script = drawn.file.replacing(".png", with: ".gp")
    return Picture(
      file: drawn.file, caption: drawn.caption,
      alternative: drawn.alternative
        ?? [text("Title"), drawn.caption].compactMap(\.self).joined(separator: ". "),
      transcript: text("Transcript")?.split(separator: "\n").map(String.init) ?? [], width: bitmap.width,
      height: bitmap.height,
      redrawing: folder.exists(script)
        ? "gnuplot \(URL(filePath: script).lastPathComponent), in the folder of the picture"
        : "the command of this section",
      isForArticle: drawn.isForArticle)
  }

  /// As a shell takes it for one word.
  private static func shellQuoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_=+,./:@%".contains($0)) }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private static func table(
    _ tabulated: RunSummary.Tabulated, in folder: RunFolder, links: [String: String]
  ) throws -> Table {
    let file = folder.file(tabulated.file)
    do {
      let content = try CSV<Enumerated>(url: file, delimiter: .comma, loadColumns: false)
      return Table(
        file: tabulated.file, caption: tabulated.caption, columns: content.header,
        rows: Array(content.rows.prefix(tabulated.isWhole ? content.rows.count : shownRowCount)),
        rowCount: content.rows.count, links: links,
        articleColumns: try Self.articleColumns(tabulated, content.header, file),
        isForArticle: tabulated.isForArticle)
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(file: file, problem: "is no table of comma-separated values: \(error)")
    }
  }

  private static func articleColumns(
    _ tabulated: RunSummary.Tabulated, _ header: [String], _ file: URL
  ) throws -> [Table.ArticleColumn] {
    guard !tabulated.articleColumns.isEmpty else {
      return header.enumerated().map {
        Table.ArticleColumn(place: $0, heading: LaTeXText.escaped($1.replacing("_", with: " ")))
      }
    }
    return try tabulated.articleColumns.map { name, heading in
      guard let place = header.firstIndex(of: name) else {
        throw FileError(file: file, problem: "has no column \(name)")
      }
      return Table.ArticleColumn(place: place, heading: heading)
    }
  }

  /// What the record says besides the results.
  private static func origin(of folder: RunFolder) throws -> (facts: [Fact], configuration: String) {
    struct Record: Codable {
      let experiment: String
      let environment: RunEnvironment
      let data: DataRecord?
    }
    let file = folder.file(folder.recordName)
    let record = try JSONFile.read(Record.self, from: file)
    var facts = [Fact(name: "Experiment", value: record.experiment)]
    if let data = record.data {
      facts += [
        Fact(
          name: "Data",
          value:
            "\(data.name), \(data.trainingCount) training images, \(data.heldOutCount) held out, SHA-256 "
            + "\(data.checksum)")
      ]
    }
    facts += [
      Fact(
        name: "Made by",
        value: "Intrigue \(record.environment.toolVersion), oneDNN \(record.environment.oneDNNVersion), "
          + "\(record.environment.system), \(record.environment.workerCount) workers"),
      Fact(name: "Record", value: folder.file(folder.recordName).relativePath),
    ]
    if let command = record.environment.command {
      facts.insert(Fact(name: "Command", value: command.map(shellQuoted).joined(separator: " ")), at: 1)
    }
    let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let settings = try JSONSerialization.data(
      withJSONObject: whole?["configuration"] ?? [:],
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return (facts, String(decoding: settings, as: UTF8.self))
  }
}
