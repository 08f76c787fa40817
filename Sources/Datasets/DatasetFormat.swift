import Foundation

/// The formats that a custom folder can have, recognised by its content.
enum DatasetFormat: String, CaseIterable {
  case idx = "IDX files"
  case cifarBinary = "CIFAR-10 batches"
  case arrays = ".npy files"
  case imageFolder = "class folders"

  init(_ format: CatalogueEntry.Format) {
    switch format {
    case .idx: self = .idx
    case .cifarBinary: self = .cifarBinary
    }
  }

  /// - Throws: ``DatasetError`` when no format fits or more than one does, ``FileError`` when the folder cannot
  ///   be read.
  init(recognising folder: URL) throws {
    let listing = try FolderListing(folder)
    let formats = Self.allCases.filter { $0.fits(listing) }
    guard let format = formats.first else { throw DatasetError.unrecognised(folder: folder.path) }
    guard formats.count == 1 else {
      throw DatasetError.ambiguous(folder: folder.path, formats: formats.map(\.rawValue))
    }
    self = format
  }

  /// One file of a format is enough: anything missing is then reported by name.
  private func fits(_ listing: FolderListing) -> Bool {
    switch self {
    case .idx: !IDXFolder.prefixes(in: listing).isEmpty
    case .cifarBinary:
      !Set(CIFARBinary.trainingNames + [CIFARBinary.testName]).isDisjoint(with: listing.files)
    case .arrays:
      !Set(["", ArrayPair.parts.training, ArrayPair.parts.test].map { $0 + ArrayPair.imagesSuffix })
        .isDisjoint(with: listing.files)
    case .imageFolder:
      ImageFolderLayout.hasParts(listing)
        || listing.folders.contains { ImageFolder.hasImages(listing.folder.appending(path: $0)) }
        || !ForeignNames.found(in: listing.folder).isEmpty
    }
  }
}
