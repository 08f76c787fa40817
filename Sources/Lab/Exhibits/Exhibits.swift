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
  }

  package private(set) var list: ExhibitList
  /// In the order of the list.
  package private(set) var texts: [(file: String, text: String)] = []
  private(set) var drawings: [(file: String, drawing: Drawing)] = []

  package init(title: String, findings: [String], basis: String, listing: [String] = []) {
    list = ExhibitList(title: title, findings: findings, basis: basis, listing: listing)
  }

  // MARK: Tables

  /// A row for each value.
  ///
  /// - Parameter file: In the run folder.
  package mutating func table<Row>(
    _ file: String, _ caption: String, of rows: [Row], _ columns: [TableColumn<Row>], isWhole: Bool = false,
    isForArticle: Bool = true
  ) {
    var table = CSVWriter(columns: columns.map(\.name))
    for row in rows { table.append(columns.map { $0.value(row) }) }
    texts.append((file, table.text))
    list.tables.append(
      ExhibitList.Table(
        file: file, caption: caption, isWhole: isWhole, isForArticle: isForArticle,
        columns: columns.map { .init(name: $0.name, heading: $0.heading, isIdentifier: $0.isIdentifier) }))
  }

  // MARK: Pictures

  /// - Parameters:
  ///   - file: Without its ending; a chart has several files.
  ///   - chart: nil: there is nothing to draw.
  package mutating func chart(_ file: String, _ caption: String, alternative: String, _ chart: Chart?) {
    guard let chart else { return }
    list.pictures.append(.init(file: "\(file).png", caption: caption, alternative: alternative))
    drawings.append((file, .chart(chart)))
  }

  package mutating func figure(_ file: String, _ caption: String, _ make: @escaping () throws -> some Figure)
  {
    list.pictures.append(.init(file: file, caption: caption))
    drawings.append((file, .figure(make)))
  }

  package mutating func cite(_ works: Citation...) { list.citations += works }

  // MARK: Writing

  /// Numbers, the list, and then pictures: one that cannot be drawn loses nothing. What an earlier run left and this one
  /// does not is taken away.
  package func write(to folder: RunFolder) throws {
    for (file, text) in texts { try AtomicFile.write(text, to: folder.file(file)) }
    try removeEarlier(in: folder)
    try folder.write(list, to: ExhibitList.name(beside: folder.recordName))
    for (file, drawing) in drawings {
      let (place, name) = (folder.file(file).deletingLastPathComponent(), folder.file(file).lastPathComponent)
      try RunFolder(place).create()
      switch drawing {
      case .chart(let chart): try chart.write(named: name, in: place)
      case .figure(let make): try make().write(to: folder.file(file))
      }
    }
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
    try exhibits.write(to: folder)
  }
}
