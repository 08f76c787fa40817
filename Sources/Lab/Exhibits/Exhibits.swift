import Figures
import Foundation
import Storage

/// The pictures and tables of a run, each with what is said of it, ready to be written: a column, a picture and its caption
/// stand in one place.
public struct Exhibits {
  /// A picture before it is drawn.
  enum Drawing {
    case chart(Chart)
    case figure(() throws -> any Figure)
    case sheet(pages: [any CanvasFigure], pixelsPerInch: Int?)
    case page(() throws -> Page)
  }

  /// Figures on one page that are also files of their own beside it.
  package struct Page {
    let caption: FigureCaption
    let charts: [(name: String, chart: Chart)]
    let rows: [[(name: String?, figure: any Figure)]]

    /// - Parameters:
    ///   - charts: The first row, each with the name of its files without an ending.
    ///   - rows: The rows below, each figure with the name of its file; nil: it has none, or is listed by itself.
    package init(
      _ caption: FigureCaption, charts: [(name: String, chart: Chart)],
      rows: [[(name: String?, figure: any Figure)]]
    ) {
      (self.caption, self.charts, self.rows) = (caption, charts, rows)
    }

    fileprivate func write(to file: URL) throws {
      let place = file.deletingLastPathComponent()
      for (name, chart) in charts { try chart.write(named: name, in: place) }
      for (name, figure) in rows.joined() {
        if let name { try figure.write(to: place.appending(path: name)) }
      }
      try FigurePage.write(
        caption, charts: charts.map(\.name), rows: rows.map { $0.map { $0.figure.drawn() } }, to: file)
    }
  }

  package private(set) var list: ExhibitList
  /// In the order of the list.
  package private(set) var texts: [(file: String, text: String)] = []
  /// What a run leaves besides, for programs: not on the list.
  private var records: [(file: String, write: (URL) throws -> Void)] = []
  /// Experiments inside the run that draw, in folders of their own.
  private var parts: [(folder: String, run: (RunFolder, @escaping ProgressHandler) throws -> Void)] = []
  private(set) var drawings: [(file: String, drawing: Drawing)] = []

  package init(title: String, findings: [String], basis: String, listing: [String] = []) {
    list = ExhibitList(title: title, findings: findings, basis: basis, listing: listing)
  }

  // MARK: Tables

  /// A row for each value.
  ///
  /// - Parameter file: In the run folder.
  package mutating func table<Row>(
    _ file: String, _ caption: String, of rows: [Row], _ columns: [TableColumn<Row>], basis: String? = nil,
    isWhole: Bool = false, isForArticle: Bool = true
  ) {
    var table = CSVWriter(columns: columns.map(\.name))
    for row in rows { table.append(columns.map { $0.value(row) }) }
    texts.append((file, table.text))
    list.tables.append(
      ExhibitList.Table(
        file: file, caption: caption, basis: basis, isWhole: isWhole, isForArticle: isForArticle,
        columns: columns.map { .init(name: $0.name, heading: $0.heading, isIdentifier: $0.isIdentifier) }))
  }

  /// A table whose columns are known only when it is made.
  ///
  /// - Parameters:
  ///   - headings: What an article shows of it, by the name of a column.
  ///   - isWritten: The file is there already, and only its place on the list is missing.
  package mutating func table(
    _ file: String, _ caption: String, _ table: CSVWriter, article headings: [String: String] = [:],
    isWhole: Bool = false, isForArticle: Bool = true, isWritten: Bool = false
  ) {
    if !isWritten { texts.append((file, table.text)) }
    list.tables.append(
      ExhibitList.Table(
        file: file, caption: caption, isWhole: isWhole, isForArticle: isForArticle,
        columns: table.columns.map { .init(name: $0, heading: headings[$0]) }))
  }

  /// A file that is neither picture nor table: written with the numbers, before anything is drawn.
  package mutating func record(_ file: String, _ write: @escaping (URL) throws -> Void) {
    records.append((file, write))
  }

  /// An experiment inside the run whose pictures belong to it: it is run when everything else was written.
  package mutating func part(
    in folder: String, _ run: @escaping (RunFolder, @escaping ProgressHandler) throws -> Void
  ) {
    parts.append((folder, run))
  }

  /// A picture that a ``part(in:_:)`` draws.
  package mutating func picture(
    _ file: String, _ caption: String, basis: String? = nil, isForArticle: Bool = true
  ) {
    list.pictures.append(.init(file: file, caption: caption, basis: basis, isForArticle: isForArticle))
  }

  /// A table that a ``part(in:_:)`` writes.
  package mutating func table(
    _ file: String, _ caption: String, basis: String?, article headings: [String: String],
    columns: [String], isWhole: Bool = false
  ) {
    list.tables.append(
      ExhibitList.Table(
        file: file, caption: caption, basis: basis, isWhole: isWhole,
        columns: columns.map { .init(name: $0, heading: headings[$0]) }))
  }

  /// Where a ``DirectionCatalogue`` stands; see ``ExhibitList/catalogue``.
  package mutating func catalogue(in place: String) { list.catalogue = place }

  /// A table in LaTeX with a caption of its own.
  package mutating func articleTable(_ file: String, _ text: String) {
    texts.append((file, text))
    list.articleTables.append(file)
  }

  // MARK: Pictures

  /// - Parameters:
  ///   - file: Without its ending; a chart has several files.
  ///   - chart: nil: there is nothing to draw.
  package mutating func chart(
    _ file: String, _ caption: String, alternative: String, basis: String? = nil, _ chart: Chart?
  ) {
    guard let chart else { return }
    list.pictures.append(
      .init(file: "\(file).png", caption: caption, alternative: alternative, basis: basis))
    drawings.append((file, .chart(chart)))
  }

  package mutating func figure(
    _ file: String, _ caption: String, alternative: String? = nil, basis: String? = nil,
    isForArticle: Bool = true, _ make: @escaping () throws -> some Figure
  ) {
    list.pictures.append(
      .init(
        file: file, caption: caption, alternative: alternative, basis: basis, isForArticle: isForArticle))
    drawings.append((file, .figure(make)))
  }

  /// Contact sheets in pages: `NAME.png`, or `NAME-1.png` and so on; with a number of pixels per inch all of them as
  /// `NAME.pdf` too.
  ///
  /// - Returns: The names of the files.
  @discardableResult
  package mutating func sheet(
    _ name: String, _ caption: String, pages: [any CanvasFigure], pixelsPerInch: Int?,
    isForArticle: Bool = true
  ) -> [String] {
    let drawing = pixelsPerInch.map { _ in "\(name).pdf" }
    let files = pages.indices.map { Self.page($0, of: pages.count, name) }
    for file in files {
      list.pictures.append(
        .init(file: file, caption: caption, isForArticle: isForArticle, drawing: drawing))
    }
    drawings.append((name, .sheet(pages: pages, pixelsPerInch: pixelsPerInch)))
    return files + (drawing.map { [$0] } ?? [])
  }

  private static func page(_ number: Int, of count: Int, _ name: String) -> String {
    name + (count > 1 ? "-\(number + 1)" : "") + ".png"
  }

  /// A page of figures, which is listed, and the files of those on it, which are not.
  package mutating func page(
    _ file: String, _ caption: String, alternative: String, _ make: @escaping () throws -> Page
  ) {
    list.pictures.append(.init(file: file, caption: caption, alternative: alternative))
    drawings.append((file, .page(make)))
  }

  package mutating func cite(_ works: Citation...) { cite(works) }
  package mutating func cite(_ works: [Citation]) { list.citations += works }

  // MARK: Writing

  /// Numbers, the list, and then pictures: one that cannot be drawn loses nothing. What an earlier run left and this one
  /// does not is taken away.
  package func write(to folder: RunFolder, _ progress: @escaping ProgressHandler = { _ in }) throws {
    func create(_ file: String) throws -> URL {
      let url = folder.file(file)
      if file.contains("/") { try RunFolder(url.deletingLastPathComponent()).create() }
      return url
    }
    for (file, text) in texts { try AtomicFile.write(text, to: create(file)) }
    for (file, write) in records { try write(create(file)) }
    try removeEarlier(in: folder)
    try folder.write(list, to: ExhibitList.name(beside: folder.recordName))
    for (number, (file, drawing)) in drawings.enumerated() {
      // Ctrl-C is heard here.
      try progress(.step(done: number, total: drawings.count, unit: "pictures"))
      let url = try create(file)
      switch drawing {
      case .chart(let chart):
        try chart.write(named: url.lastPathComponent, in: url.deletingLastPathComponent())
      case .figure(let make): try make().write(to: url)
      case .sheet(let pages, let pixelsPerInch):
        for (index, page) in pages.enumerated() {
          try page.write(to: folder.file(Self.page(index, of: pages.count, file)))
        }
        if let pixelsPerInch {
          try FigureDocument.write(pages, pixelsPerInch: pixelsPerInch, to: folder.file("\(file).pdf"))
        }
      case .page(let make): try make().write(to: url)
      }
    }
    for (place, run) in parts { try run(folder.folder(place), progress) }
  }

  /// A list that cannot be read names nothing.
  private func removeEarlier(in folder: RunFolder) throws {
    guard let earlier = try? ExhibitList(of: folder) else { return }
    let now = Set(list.pictures.map(\.file) + list.tables.map(\.file))
    for file in earlier.pictures.map(\.file) + earlier.tables.map(\.file)
    where !now.contains(file) && folder.encloses(file) {
      if file.hasSuffix(".png") {
        try folder.removeChart(String(file.dropLast(4)))
      } else {
        try folder.remove(file)
      }
    }
  }
}

extension Run {
  /// Results, then what is read and looked at of them; see ``Exhibits/write(to:)``.
  package func show(_ exhibits: Exhibits) throws {
    try progress(.stage("drawing"))
    try exhibits.write(to: folder, progress)
  }
}
