import Datasets
import Figures
import Foundation
import Images
import Lab
import Networks
import Storage

/// What `intrigue gallery` leaves to read and to look at.
struct GalleryExhibits {
  let configuration: GalleryExperiment.Configuration
  let rankings: GalleryRankings
  /// Every direction, where they are described.
  let entries: [DirectionCatalogue.Entry]
  /// The images that were ranked.
  let images: LabelledImages

  static let keyName = "key.json"
  static let randomName = "random"

  private var family: DirectionFamily { configuration.family }
  private var presentation: GalleryPresentation { configuration.presentation }

  /// `random`, or the family.
  private var directionsName: String { family == .sphere ? Self.randomName : family.rawValue }

  /// - Parameter folder: Where records are written, for the checksum of a key.
  /// - Returns: The exhibits, and the names of all files, the one to look at first in front.
  /// - Throws: ``GalleryError/pageTooSmall(preset:topCount:)``.
  func exhibits(in folder: RunFolder) throws -> (Exhibits, files: [String]) {
    presentation.isBlind ? try blind(in: folder) : try open()
  }

  private func open() throws -> (Exhibits, files: [String]) {
    var exhibits = Exhibits(title: "Neurons beside \(family.words)", findings: findings, basis: basis)
    var files = try addSheets(to: &exhibits)
    func table(_ file: String, _ caption: String, _ table: CSVWriter, _ headings: [String: String]) {
      exhibits.table(file, caption, table, article: headings)
      files.append(file)
    }
    table(
      "rankings.csv", "Every ranked image on the sheets, with its rank, score and class.", rankings.table,
      Self.rankingHeadings)
    if presentation.hasStrata {
      table("strata.csv", "Images drawn from each stratum of the scores.", rankings.strataTable, [:])
    }
    if presentation.hasClasses {
      table("per-class.csv", "The top images of every class.", rankings.classTable, [:])
    }
    exhibits.record("rankings.json") { try JSONFile.write(rankings, to: $0) }
    files.append("rankings.json")
    let catalogue = DirectionCatalogue(
      entries, images: images, topCount: configuration.topCount, family: family)
    for (number, name) in catalogue.sheetNames.enumerated() {
      exhibits.record(name) { try PNGFile.write(catalogue.sheet(number, of: images), to: $0) }
      files.append(name)
    }
    exhibits.table(
      "directions.csv", "All directions and their statistics.", catalogue.table,
      article: DirectionCatalogue.articleHeadings, isWhole: true)
    exhibits.record("directions.json") { try JSONFile.write(catalogue, to: $0) }
    exhibits.catalogue(in: "")
    exhibits.cite(.bau2017network)
    return (exhibits, files + ["directions.csv", "directions.json"])
  }

  private static let rankingHeadings = [
    "id": "direction", "rank": "rank", "image": "image", "score": "score", "class": "class",
    "predicted_class": "predicted", "confidence": "confidence",
  ]

  // MARK: Words

  private var basis: String {
    "The top k = \(rankings.topCount) of n = \(rankings.imageCount) images; \(rankings.features.words), "
      + "\(rankings.agreement.neurons.count) live units of \(rankings.features.unitCount), "
      + "\(rankings.agreement.randomDirections.count) \(family.words). κ: label agreement of the top images, 0 for random "
      + "images, 1 where all share a class. One network and one draw of directions: descriptive only, not a significance test."
  }

  var findings: [String] {
    func words(_ group: AgreementComparison.Group) -> String {
      guard let mean = group.mean else { return "undefined" }
      let spread =
        group.standardDeviation.map { String(format: " (standard deviation %.2f)", $0) } ?? ""
      return String(format: "%.3f", mean) + spread
    }
    let (neurons, others) = (rankings.agreement.neurons, rankings.agreement.randomDirections)
    return [
      "Mean label agreement of the top \(rankings.topCount) images: κ \(words(neurons)) over \(neurons.count) live neurons, "
        + "κ \(words(others)) over \(others.count) \(family.words); κ = 0 for random images by construction.",
      "Layer \(rankings.features.layer): \(rankings.features.unitCount) units, \(rankings.deadUnits.count) dead, "
        + "\(rankings.constantUnits.count) constant. Accuracy \(rankings.correct.percent) "
        + "(\(rankings.correct.count) of \(rankings.correct.total) \(rankings.split.words)).",
      "This describes one network and one draw of directions; whether the two differ by more than chance is for "
        + "intrigue compare to test.",
    ]
  }

  // MARK: Sheets

  private func addSheets(to exhibits: inout Exhibits) throws -> [String] {
    typealias Block = GallerySheet.Block
    let sheets = GallerySheet(rankings: rankings, images: images)
    var files: [String] = []
    func add(_ name: String, _ caption: String, _ pages: [any CanvasFigure], isForArticle: Bool) {
      files += exhibits.sheet(
        name, caption, pages: pages,
        pixelsPerInch: presentation.hasPDF ? presentation.preset.pixelsPerInch : nil,
        isForArticle: isForArticle)
    }
    // Both halves in one are too wide for the page of an article, and a sheet for each direction too many.
    add(
      "gallery", "Neurons and \(family.words): each row shows the images with the highest scores along one.",
      try pages(sheets.sheet(of: Block.allCases)), isForArticle: false)
    add(
      "neurons", "Single neurons: each row shows the images with the highest activation of one.",
      try pages(sheets.sheet(of: [.neurons])), isForArticle: true)
    add(
      directionsName, "\(family.title): each row shows the images with the highest scores along one.",
      try pages(sheets.sheet(of: [.randomDirections])), isForArticle: true)
    for block in Block.allCases where presentation.hasStrata {
      for row in sheets.rows(of: block) {
        add(
          "strata/\(row.id)", "\(row.id), from its highest scores to its lowest.",
          [try page(sheets.strata(of: row, in: block))], isForArticle: false)
      }
    }
    for block in Block.allCases where presentation.hasClasses {
      for row in sheets.rows(of: block) {
        add(
          "per-class/\(row.id)", "\(row.id) within each class: the top images of every class.",
          try pages(sheets.classes(of: row, in: block)), isForArticle: false)
      }
    }
    return files
  }

  /// One sheet on which neurons and other directions cannot be told apart, and its key.
  private func blind(in folder: RunFolder) throws -> (Exhibits, files: [String]) {
    var exhibits = Exhibits(
      title: "Blind gallery",
      findings: [
        "Rows of neurons, \(family.words) and random images in random order; the key is in \(Self.keyName)."
      ],
      basis:
        "The top k = \(rankings.topCount) of n = \(rankings.imageCount) \(rankings.split.words), layer "
        + "\(rankings.features.layer).")
    let key = GalleryKey(rankings)
    let solution = try JSONFile.encoded(key, file: folder.file(Self.keyName))
    let sheet = GallerySheet(rankings: rankings, images: images).blind(
      key, keyChecksum: Checksum.hexadecimal(of: solution))
    let files = exhibits.sheet(
      "blind", "Which rows are neurons?", pages: try pages(sheet),
      pixelsPerInch: presentation.hasPDF ? presentation.preset.pixelsPerInch : nil, isForArticle: false)
    exhibits.record(Self.keyName) { try JSONFile.write(key, to: $0) }
    return (exhibits, files + [Self.keyName])
  }

  func pages(_ sheet: ContactSheet) throws -> [any CanvasFigure] {
    guard let pages = sheet.pages(for: presentation.preset) else { throw pageTooSmall }
    return pages
  }

  private func page(_ sheet: StrataSheet) throws -> any CanvasFigure {
    guard let page = sheet.page(for: presentation.preset) else { throw pageTooSmall }
    return page
  }

  private var pageTooSmall: GalleryError {
    .pageTooSmall(preset: presentation.preset, topCount: configuration.topCount)
  }
}
