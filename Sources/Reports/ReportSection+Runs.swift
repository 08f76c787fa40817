import Escapes
import Foundation
import Images
import Lab
import Storage

extension ReportSection {
  /// Rows of a table on the page; the file beside it has all.
  static let shownRowCount = 200

  /// The records of a run folder that make a section each: three of a demo, one of any other.
  ///
  /// - Returns: Each with what its anchor has after the name of the run.
  /// - Throws: ``FileError`` where the record cannot be read.
  static func parts(of folder: RunFolder) throws -> [(suffix: String, folder: RunFolder)] {
    guard folder.exists(folder.recordName),
      try JSONFile.read(RecordHead.self, from: folder.file(folder.recordName)).experiment == "demo"
    else { return [("", folder)] }
    return ["train", "gallery", "attack"].map { ("-\($0)", folder.recording(as: "\($0).json")) }
  }

  /// - Throws: ``FileError`` where the folder holds no finished run that can be shown.
  init(_ folder: RunFolder, anchor: String) throws {
    let summary = try RunSummary.read(folder)
    self.anchor = anchor
    title = summary.title
    findings = summary.findings
    basis = summary.basis
    listing = summary.listing
    articleTables = try summary.articleTables.filter(folder.has)
    citations = summary.citations
    self.folder = folder.url
    pictures = try summary.pictures.filter { try folder.has($0.file) }.map {
      try Self.picture($0, basis: summary.basis, in: folder)
    }
    let directions = try summary.catalogue.flatMap {
      try DirectionGallery.read(folder, place: $0, prefix: anchor)
    }
    self.directions = directions
    tables = try summary.tables.filter { try folder.has($0.file) }.map {
      try Self.table($0, basis: summary.basis, in: folder, links: directions?.anchors ?? [:])
    }
    (provenance, configuration) = try Self.origin(of: folder)
  }

  private static func picture(
    _ drawn: RunSummary.Drawn, basis: String, in folder: RunFolder
  ) throws -> Picture {
    let file = folder.file(drawn.file)
    let bitmap = try PNGFile.read(file)
    let texts = try PNGFile.readText(file)
    func text(_ key: String) -> String? { texts.first { $0.key == key }?.value }
    let stem = drawn.file.replacing(".png", with: "")
    let script = stem + ".gp"
    // A PDF that nothing vouches for may be of another run in the same folder.
    let hasScript = try folder.has(script)
    let drawing = drawn.drawing ?? (hasScript ? stem + ".pdf" : nil)
    return Picture(
      file: drawn.file, caption: drawn.caption,
      alternative: drawn.alternative
        ?? [text("Title"), drawn.caption].compactMap(\.self).joined(separator: ". "),
      transcript: text("Transcript")?.split(separator: "\n").map(String.init) ?? [], width: bitmap.width,
      height: bitmap.height,
      redrawing: hasScript
        ? "gnuplot \(ShellWord.quoted(URL(filePath: script).lastPathComponent)), in the folder of the picture"
        : "the command of this section", basis: drawn.basis ?? basis, isForArticle: drawn.isForArticle,
      drawing: try drawing.flatMap { try folder.has($0) ? $0 : nil })
  }

  private static func table(
    _ tabulated: RunSummary.Tabulated, basis: String, in folder: RunFolder, links: [String: String]
  ) throws -> Table {
    let file = folder.file(tabulated.file)
    do {
      let content = try CSVTable(contentsOf: file)
      return Table(
        file: tabulated.file, caption: tabulated.caption, columns: content.header,
        rows: Array(content.rows.prefix(tabulated.isWhole ? content.rows.count : shownRowCount)),
        rowCount: content.rows.count, links: links,
        articleColumns: try Self.articleColumns(tabulated, content.header, file),
        basis: tabulated.basis ?? basis, isForArticle: tabulated.isForArticle)
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
        Table.ArticleColumn(
          place: $0, heading: LaTeXText.escaped(Table.heading($1)),
          isIdentifier: tabulated.identifiers.contains($1))
      }
    }
    return try tabulated.articleColumns.map { name, heading in
      guard let place = header.firstIndex(of: name) else {
        throw FileError(file: file, problem: "has no column \(name)")
      }
      return Table.ArticleColumn(
        place: place, heading: heading, isIdentifier: tabulated.identifiers.contains(name))
    }
  }

  /// What the record says besides the results.
  private static func origin(of folder: RunFolder) throws -> (facts: [Fact], configuration: String) {
    struct Record: Codable {
      package let experiment: String
      let environment: RunEnvironment
      package let data: DataRecord?
      let remarks: [String]?
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
      facts += (data.remarks ?? []).map { Fact(name: "Data as read", value: $0.sentence) }
    }
    facts += (record.remarks ?? []).map { Fact(name: "Remark", value: $0) }
    facts += [
      Fact(
        name: "Made by",
        value: "Intrigue \(record.environment.toolVersion), oneDNN \(record.environment.oneDNNVersion), "
          + "\(record.environment.system), \(record.environment.workerCount) workers"),
      Fact(name: "Record", value: folder.file(folder.recordName).relativePath),
    ]
    if let command = record.environment.command {
      facts.insert(Fact(name: "Command", value: command.map(ShellWord.quoted).joined(separator: " ")), at: 1)
    }
    guard let whole = try? JSONSerialization.jsonObject(with: FileContents.read(file)) as? [String: Any]
    else {
      throw FileError(file: file, problem: "has a number that cannot be read")
    }
    // Foundation writes lists and objects, and traps at anything else.
    guard let configuration = (whole["configuration"] ?? [:]) as? [String: Any],
      JSONSerialization.isValidJSONObject(configuration)
    else { throw FileError(file: file, problem: "has no object at configuration, which is expected there") }
    let settings = try JSONSerialization.data(
      withJSONObject: configuration,
      options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return (facts, String(decoding: settings, as: UTF8.self))
  }
}
