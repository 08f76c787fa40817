import Datasets
import Figures
import Foundation
import Images
import Lab
import Storage

/// What a gallery leaves: sheets, tables, records.
extension GalleryExperiment {
  /// A sheet under the name it is written by, without the ending, in as many pages as the preset needs.
  struct SheetFile {
    var name: String
    var pages: [any CanvasFigure]
  }

  func openFiles(_ sheets: GallerySheet) throws -> [SheetFile] {
    typealias Block = GallerySheet.Block
    let pairs: [(name: String, blocks: [Block])] = [
      ("gallery", Block.allCases), ("neurons", [.neurons]), (directionsName, [.randomDirections]),
    ]
    var files = try pairs.map { SheetFile(name: $0.name, pages: try pages(sheets.sheet(of: $0.blocks))) }
    for block in Block.allCases where configuration.presentation.hasStrata {
      files += try sheets.rows(of: block).map { row in
        SheetFile(name: "strata/\(row.id)", pages: [try page(sheets.strata(of: row, in: block))])
      }
    }
    for block in Block.allCases where configuration.presentation.hasClasses {
      files += try sheets.rows(of: block).map { row in
        SheetFile(name: "per-class/\(row.id)", pages: try pages(sheets.classes(of: row, in: block)))
      }
    }
    return files
  }

  /// `random`, or the family.
  var directionsName: String {
    configuration.family == .sphere ? Self.randomName : configuration.family.rawValue
  }

  static let randomName = "random"

  func blindFile(_ sheets: GallerySheet, _ key: GalleryKey, _ folder: RunFolder) throws -> SheetFile {
    let solution = try JSONFile.encoded(key, file: folder.file(Self.keyName))
    let sheet = sheets.blind(key, keyChecksum: Checksum.hexadecimal(of: solution))
    return SheetFile(name: "blind", pages: try pages(sheet))
  }

  static let keyName = "key.json"

  func pages(_ sheet: ContactSheet) throws -> [any CanvasFigure] {
    guard let pages = sheet.pages(for: configuration.presentation.preset) else { throw pageTooSmall }
    return pages
  }

  package func page(_ sheet: StrataSheet) throws -> any CanvasFigure {
    guard let page = sheet.page(for: configuration.presentation.preset) else { throw pageTooSmall }
    return page
  }

  var pageTooSmall: GalleryError {
    .pageTooSmall(preset: configuration.presentation.preset, topCount: configuration.topCount)
  }

  /// - Returns: The names written: one PNG for each page, one PDF for all.
  func write(
    _ file: SheetFile, to folder: RunFolder, _ progress: ProgressHandler
  ) throws -> [String] {
    if let slash = file.name.firstIndex(of: "/") { _ = try folder.folder(String(file.name[..<slash])) }
    var names: [String] = []
    for (index, page) in file.pages.enumerated() {
      // Ctrl-C is heard here.
      try progress(.step(done: index, total: file.pages.count, unit: "pages"))
      let name = file.name + (file.pages.count > 1 ? "-\(index + 1)" : "") + ".png"
      try page.write(to: folder.file(name))
      // A page that could not be drawn is a remark.
      if folder.exists(name) { names.append(name) }
    }
    if configuration.presentation.hasPDF {
      let name = file.name + ".pdf"
      try FigureDocument.write(
        file.pages, pixelsPerInch: configuration.presentation.preset.pixelsPerInch, to: folder.file(name))
      names.append(name)
    }
    return names
  }

  package func write(_ rankings: GalleryRankings, to folder: RunFolder) throws -> [String] {
    var names = ["rankings.csv"]
    try rankings.table.write(to: folder.file("rankings.csv"))
    if configuration.presentation.hasStrata {
      try rankings.strataTable.write(to: folder.file("strata.csv"))
      names.append("strata.csv")
    }
    if configuration.presentation.hasClasses {
      try rankings.classTable.write(to: folder.file("per-class.csv"))
      names.append("per-class.csv")
    }
    try folder.write(rankings, to: "rankings.json")
    return names + ["rankings.json"]
  }

  package func write(
    _ catalogue: DirectionCatalogue, of images: LabelledImages, to folder: RunFolder
  ) throws -> [String] {
    try catalogue.table.write(to: folder.file("directions.csv"))
    try folder.write(catalogue, to: "directions.json")
    _ = try folder.folder("sprites")
    for (number, name) in catalogue.sheetNames.enumerated() {
      try PNGFile.write(catalogue.sheet(number, of: images), to: folder.file(name))
    }
    return catalogue.sheetNames + ["directions.csv", "directions.json"]
  }

  package func write(_ key: GalleryKey, to folder: RunFolder) throws -> [String] {
    try folder.write(key, to: Self.keyName)
    return [Self.keyName]
  }
}
