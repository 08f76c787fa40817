import Foundation
import Images
import Lab
import Storage

extension RunSummary {
  init(_ list: ExhibitList) {
    self.init(
      title: list.title, findings: list.findings, basis: list.basis, listing: list.listing,
      pictures: list.pictures.map {
        Drawn(
          file: $0.file, caption: $0.caption, alternative: $0.alternative, basis: $0.basis,
          isForArticle: $0.isForArticle, drawing: $0.drawing)
      },
      tables: list.tables.map { table in
        Tabulated(
          file: table.file, caption: table.caption, basis: table.basis, isWhole: table.isWhole,
          articleColumns: table.columns.compactMap { column in
            column.heading.map { (column.name, $0) }
          }, identifiers: Set(table.columns.filter(\.isIdentifier).map(\.name)),
          isForArticle: table.isForArticle)
      }, catalogue: list.catalogue, articleTables: list.articleTables, citations: list.citations)
  }

  /// A run of a version without lists of exhibits: the pictures and tables that lie in its folder, in the order of their
  /// names, under the titles that they carry. None where it shares the folder with other runs, as in a demo.
  init(ofEarlier experiment: String, in folder: RunFolder) throws {
    struct Record: Decodable {
      package struct Results: Decodable {
        let sentences: [String]?
        let sentence: String?
      }
      package let results: Results?
    }
    let record = try JSONFile.read(Record.self, from: folder.file(folder.recordName))
    let sharesFolder = folder.recordName != RunFolder(folder.url).recordName
    func files(in place: String, _ ending: String) throws -> [String] {
      guard !sharesFolder else { return [] }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.file(place).path)) ?? []
      return try names.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.sorted().map { place + $0 }
        .filter(folder.has)
    }
    let pictures = try (files(in: "", ".png") + files(in: "figures/", ".png")).map { file in
      let title = try PNGFile.readText(folder.file(file)).first { $0.key == "Title" }?.value
      return Drawn(file: file, caption: title ?? file)
    }
    self.init(
      title: experiment, findings: record.results?.sentences ?? [record.results?.sentence].compactMap(\.self),
      basis: "The run is of an earlier version, which says of its numbers what its pictures and tables say.",
      pictures: pictures,
      tables: try files(in: "", ".csv").map { Tabulated(file: $0, caption: $0) })
  }
}
