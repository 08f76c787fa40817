import Foundation

/// Where data sets are looked for by name: each in a folder of its name inside one of these.
public struct DatasetSearch: Sendable {
  /// Folders in order of precedence.
  public var folders: [URL]

  public init(folders: [URL]) { self.folders = folders }

  /// `INTRIGUE_DATASETS` (several folders are separated by colons), `datasets` in the working directory, and Debian's
  /// folder for data sets.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> DatasetSearch {
    let named = (environment["INTRIGUE_DATASETS"] ?? "").split(separator: ":").map {
      URL(filePath: String($0))
    }
    return DatasetSearch(folders: named + [URL(filePath: "datasets"), URL(filePath: "/usr/share/datasets")])
  }

  /// Where `entry` is read from; nil if it is not found. Only names are checked, not the contents of the files.
  public func location(of entry: CatalogueEntry) -> DatasetLocation? {
    if let folder = folders(for: entry).first(where: { entry.presentCount(in: $0) == entry.files.count }) {
      return .published(folder)
    }
    return imageFolders(for: entry).first {
      (try? FolderListing($0)).map(ImageFolderLayout.hasParts) == true
    }.map { .decodedImages($0) }
  }

  /// The folders that may hold the files of `entry`, most wanted first.
  func folders(for entry: CatalogueEntry) -> [URL] {
    let inside = folders.map { $0.appending(path: entry.name) }
    switch entry.format {
    case .idx: return inside
    case .cifarBinary:
      return inside.map { $0.appending(path: CIFARFolder.unpackedName) } + inside
        + folders.map { $0.appending(path: CIFARFolder.unpackedName) }
    }
  }

  /// Folders of decoded images that can replace `entry`: `cifar10-jpeg` for `cifar10`.
  func imageFolders(for entry: CatalogueEntry) -> [URL] {
    entry.format == .cifarBinary ? folders.map { $0.appending(path: "\(entry.name)-jpeg") } : []
  }

  /// Where a custom folder may be: at its path, or by its name in one of the folders.
  func places(of nameOrPath: String) -> [URL] {
    let isName = !nameOrPath.utf8.contains(UInt8(ascii: "/"))
    return [URL(filePath: nameOrPath)] + (isName ? folders.map { $0.appending(path: nameOrPath) } : [])
  }

  /// An archive of `entry` that has not been unpacked.
  func archive(of entry: CatalogueEntry) -> URL? {
    var names = imageFolders(for: entry).flatMap { folder in
      ["tar.xz", "tar.gz"].flatMap { ending in
        let name = "\(folder.lastPathComponent).\(ending)"
        return [folder.appending(path: name), folder.deletingLastPathComponent().appending(path: name)]
      }
    }
    if let archive = entry.archive {
      names = folders(for: entry).map { $0.appending(path: archive.name) } + names
    }
    return names.first { FolderListing.kind(of: $0) == .file }
  }
}

/// A folder with a catalogue set.
public enum DatasetLocation: Equatable, Sendable {
  /// A folder with all of its files.
  case published(URL)
  /// A folder of images decoded from them, which replace them.
  case decodedImages(URL)

  public var folder: URL {
    switch self {
    case .published(let folder), .decodedImages(let folder): folder
    }
  }
}

/// A data set that was not found, or a folder that contains none.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// - Parameters:
  ///   - lookedIn: Every folder tried.
  ///   - advice: A suggested remedy.
  case notFound(name: String, lookedIn: [String], advice: String)
  case unrecognised(folder: String)
  case ambiguous(folder: String, formats: [String])

  public var description: String {
    switch self {
    case .notFound(let name, let lookedIn, let advice):
      "no data set \(name.debugDescription): looked in \(lookedIn.joined(separator: ", ")); \(advice)"
    case .unrecognised(let folder):
      "\(folder): holds no data set: looked for IDX files (train-images-idx3-ubyte and three more, also .gz), "
        + "CIFAR-10 batches (data_batch_1.bin…), images.npy or train-images.npy with labels, and folders of PNG "
        + "or JPEG files (<class>/… or train/<class>/… with test/<class>/…)"
    case .ambiguous(let folder, let formats):
      "\(folder): holds more than one data set (\(formats.joined(separator: ", "))): expected one"
    }
  }
}
