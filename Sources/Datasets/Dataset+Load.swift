import Foundation
import Storage

extension Dataset {
  /// Loads and checks a data set.
  ///
  /// A catalogue name is searched for in the folders of `search`, and its files must be the published ones. Anything
  /// else is a folder, given as a path or as a name inside one of those folders; its format is recognised by its
  /// content.
  ///
  /// - Parameters:
  ///   - nameOrPath: `fashion-mnist`, or `photos/birds`.
  ///   - options: How to read custom images.
  ///   - progress: Called while a folder of images is decoded, from any thread but never concurrently.
  /// - Throws: ``DatasetError`` when there is no such data set, ``FileError`` when a file is missing, broken or does
  ///   not match its published checksum; ``ClassSelectionError``.
  public static func load(
    _ nameOrPath: String, options: DatasetOptions = DatasetOptions(), search: DatasetSearch = .standard(),
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Dataset {
    let whole = try loadWhole(nameOrPath, options: options, search: search, progress: progress)
    var chosen = whole
    if let classes = options.classes {
      chosen = try whole.selecting(classesNamed: classes)
      chosen.origin = whole.origin
      chosen.isSplitHere = whole.isSplitHere
      chosen.remarks = whole.remarks
    }
    chosen.remarks += [options.remark(onUnusedSplitOf: whole)].compactMap(\.self)
    return chosen.remarkedOn()
  }

  private static func loadWhole(
    _ nameOrPath: String, options: DatasetOptions, search: DatasetSearch,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws -> Dataset {
    if let entry = DatasetCatalogue.entry(named: nameOrPath) {
      return try load(entry, options: options, search: search, progress: progress)
    }
    let places = search.places(of: nameOrPath)
    guard let folder = places.first(where: { FolderListing.kind(of: $0) != nil }) else {
      let names = DatasetCatalogue.entries.map(\.name).joined(separator: ", ")
      throw DatasetError.notFound(
        name: nameOrPath, lookedIn: places.map(\.path), advice: "known names are \(names)")
    }
    return try load(folder: folder, options: options, progress: progress)
  }

  /// Loads a folder, whose format is recognised by its content.
  static func load(
    folder: URL, options: DatasetOptions, progress: @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws -> Dataset {
    let name = folder.standardizedFileURL.lastPathComponent
    let format = try DatasetFormat(recognising: folder)
    try options.check(for: format, in: folder)
    var dataset =
      switch format {
      case .idx: try IDXFolder.load(folder, name: name)
      case .cifarBinary: try CIFARFolder.load(folder, name: name)
      case .arrays: try ArrayPair.load(folder, name: name, options: options)
      case .imageFolder: try ImageFolder.load(folder, name: name, options: options, progress: progress)
      }
    dataset.origin = format == .imageFolder ? .folders(in: folder) : .files(in: folder)
    return dataset
  }

  /// Loads a catalogue set. Decoded images that replace it are the last choice, and keep their own name.
  static func load(
    _ entry: CatalogueEntry, options: DatasetOptions, search: DatasetSearch,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws -> Dataset {
    switch search.location(of: entry) {
    case .published(let folder):
      try options.check(for: DatasetFormat(entry.format), in: folder)
      var dataset =
        switch entry.format {
        case .idx: try IDXFolder.load(folder, name: entry.name, entry: entry)
        case .cifarBinary: try CIFARFolder.load(folder, name: entry.name, entry: entry)
        }
      dataset.origin = .files(in: folder)
      return dataset
    case .decodedImages(let folder):
      var dataset = try ImageFolder.load(
        folder, name: folder.lastPathComponent, options: options, progress: progress)
      dataset.origin = .folders(in: folder)
      return dataset
    case nil:
      throw DatasetError.notFound(
        name: entry.name,
        lookedIn: (search.folders(for: entry) + search.imageFolders(for: entry)).map(\.path),
        advice: advice(for: entry, search))
    }
  }

  private static func advice(for entry: CatalogueEntry, _ search: DatasetSearch) -> String {
    if let archive = search.archive(of: entry) {
      return "unpack the archive that is there: "
        + "tar -xf '\(archive.path)' -C '\(archive.deletingLastPathComponent().path)'"
    }
    let incomplete = search.folders(for: entry).first { entry.presentCount(in: $0) > 0 }
    if let incomplete {
      let missing = entry.files.filter { entry.verify($0, in: incomplete).status == .missing }.map(\.name)
      return "\(incomplete.path) lacks \(missing.joined(separator: ", "))"
    }
    return "`intrigue datasets fetch \(entry.name)` downloads it"
  }
}
