import Attacks
import Escapes
import Figures
import Foundation
import Images
import Lab
import Storage

/// An article about the runs of a report, for LaTeX: `writeup.tex` with `figures/`, `tables/` and `references.bib`.
///
/// It compiles as it is with a stock TeX Live. Charts are the PDFs that the experiments left; a picture that has none
/// stands in a PDF with the pixels it has.
struct Article {
  /// Figures that wait for a place, at most: beyond some fifty LaTeX gives up.
  private static let floatLimit = 12

  let title: String
  let sections: [ReportSection]

  /// - Parameter folder: Of the article below that of the report.
  /// - Throws: ``FileError`` where a picture or a table cannot be read.
  func append(to files: inout ReportFiles, in folder: String) throws {
    for section in sections {
      for (name, picture) in Self.named(section.pictures, section, \.file) {
        files.append(try document(of: picture, in: section), as: "\(folder)/figures/\(name).pdf")
      }
      for (name, table) in Self.named(section.tables, section, \.file) {
        files.append(Data(text(of: table, named: name).utf8), as: "\(folder)/tables/\(name).tex")
      }
      for (name, table) in Self.named(section.articleTables, section, \.self) {
        let text = String(
          decoding: try FileContents.read(section.folder.appending(path: table)), as: UTF8.self)
        files.append(
          // Of another run of the same kind the label would be the same.
          Data(text.replacing("\\label{tab:", with: "\\label{tab:\(section.anchor)_").utf8),
          as: "\(folder)/tables/\(name)_article.tex")
      }
    }
    files.append(
      Data(PackageResources.references_bib) + Data(AttackRegistry.bibTeX.utf8), as: "\(folder)/references.bib"
    )
    files.append(Data(try text.utf8), as: "\(folder)/writeup.tex")
  }

  /// Each with a name without dots and spaces, unique among them and in the article: anchors have no underscore. Different
  /// files may come to one plain name; the later ones are numbered.
  private static func named<Part>(
    _ parts: [Part], _ section: ReportSection, _ file: (Part) -> String
  ) -> [(name: String, part: Part)] {
    var taken: Set<String> = []
    return parts.map { part in
      let file = file(part)
      let stem = file.prefix(upTo: file.utf8.lastIndex(of: UInt8(ascii: ".")) ?? file.endIndex)
      let name = "\(section.anchor)_\(FileName.plain(String(stem)))"
      var (unique, number) = (name, 1)
      while !taken.insert(unique).inserted {
        number += 1
        unique = "\(name)-\(number)"
      }
      return (unique, part)
    }
  }

  // MARK: Figures

  private func document(of picture: ReportSection.Picture, in section: ReportSection) throws -> Data {
    if let drawing = picture.drawing { return try FileContents.read(section.folder.appending(path: drawing)) }
    let file = section.folder.appending(path: picture.file)
    let bitmap = try PNGFile.read(file)
    let page = PDFFile.Page(width: bitmap.width, height: bitmap.height) { $0.draw(bitmap, x: 0, y: 0) }
    return try PDFFile.encode(
      [page], properties: .init(title: picture.caption), pixelsPerInch: 150, file: file)
  }

  // MARK: Tables

  private func text(of table: ReportSection.Table, named name: String) -> String {
    let columns = table.articleColumns
    let cells = table.rows.map { row in columns.map { row.indices.contains($0.place) ? row[$0.place] : "" } }
    let part =
      table.rowCount > table.rows.count ? " The first \(table.rows.count) of \(table.rowCount) rows." : ""
    return BooktabsTable(
      caption: Self.joined(table.caption + part, table.basis),
      label: "tab:\(name)",
      columns: columns.map {
        .init(heading: $0.heading, isNumeric: table.isNumeric($0.place), isIdentifier: $0.isIdentifier)
      }, rows: cells, isLong: table.rows.count > ReportSection.Table.shortRowCount
    ).text
  }

  private static func joined(_ caption: String, _ basis: String) -> String {
    basis.isEmpty ? caption : "\(caption) \(basis)"
  }

  // MARK: Text

  private var text: String {
    get throws {
      try PageTemplate(PackageResources.writeup_tex, .latex).rendered([
        "title": title, "version": RunEnvironment.toolVersion, "sections": sections.map(content),
      ])
    }
  }

  /// A line of a terminal as a sentence of an article.
  private static func sentence(_ line: String) -> String {
    guard let first = line.first else { return "" }
    let end = line.last.map { ".:!?".contains($0) } == true ? "" : "."
    let start = first.isASCII ? first.uppercased() : String(first)
    return start + line.dropFirst() + end
  }

  private func content(of section: ReportSection) -> [String: Any] {
    let figures = Self.named(section.pictures, section, \.file).filter(\.part.isForArticle)
    let keys = section.citations.map(\.rawValue).joined(separator: ",")
    return [
      "anchor": section.anchor, "title": section.title,
      "first": Self.sentence(section.findings.first ?? ""),
      "citations": keys.isEmpty ? [] : [["keys": keys]],
      "findings": section.findings.map(Self.sentence),
      "figures": figures.enumerated().map { number, figure in
        [
          "file": "\(figure.name).pdf", "label": figure.name,
          "caption": Self.joined(figure.part.caption, figure.part.basis),
          "end": (number + 1) % Self.floatLimit == 0 ? "\\clearpage\n" : "",
        ]
      },
      // What would fill pages, or stands there better, waits behind a comment sign.
      "tables": Self.named(section.tables, section, \.file).map { name, table in
        let stands = table.isForArticle && (1...ReportSection.Table.shortRowCount).contains(table.rows.count)
        return ["file": name, "mark": stands ? "" : "% "]
      }
        + Self.named(section.articleTables, section, \.self).map {
          ["file": "\($0.name)_article", "mark": ""]
        },
      "provenance": section.provenance.map {
        [
          "name": $0.name,
          // Quotation marks of a shell are straight.
          "value": LaTeXText.escaped($0.value, quotes: .straight),
        ]
      },
    ]
  }
}
