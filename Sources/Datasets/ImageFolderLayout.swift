import Foundation
import Storage

/// Roles of the folders in a folder of images.
///
///     train/<class>/  test/<class>/     with a test part, or
///     <class>/                          split by a seeded fraction
///
/// The parts are recognised by the usual names, in upper or lower case. A folder of such a name with images and no
/// folders in it is a class, and so is one with images if there is no held-out part beside it.
struct ImageFolderLayout {
  struct Part {
    let folder: URL
    /// Names of its subfolders that are classes.
    let classes: [String]
  }

  /// Names of the training part.
  static let trainingNames = ["train", "training"]
  /// Names of the held-out part; the first found is used.
  static let heldOutNames = ["test", "testing", "val", "valid", "validation"]

  let training: Part
  /// nil: a fraction of the other part is held out.
  let heldOut: Part?
  let remarks: [DatasetRemark]

  /// - Throws: ``FileError`` when a folder cannot be read, a test part is missing, there are no classes, or two have
  ///   equivalent names.
  init(_ folder: URL) throws {
    let listing = try FolderListing(folder)
    let name = try Self.onlyPart(in: listing, called: Self.trainingNames)
    let others =
      try name == nil ? [] : Self.heldOutNames.compactMap { try Self.onlyPart(in: listing, called: [$0]) }
    guard let name, !others.isEmpty || !ImageFolder.hasImages(folder.appending(path: name)) else {
      training = try Self.part(listing)
      heldOut = nil
      remarks = Self.filesBeside(listing, "beside the folders of the classes")
      return
    }
    guard let test = others.first else {
      throw FileError(
        file: folder,
        problem:
          "has \(name) and no part that is held out: expected one of \(Self.heldOutNames.joined(separator: ", "))"
      )
    }
    let trainingListing = try FolderListing(folder.appending(path: name))
    let testListing = try FolderListing(folder.appending(path: test))
    training = try Self.part(trainingListing)
    heldOut = try Self.part(testListing)
    let unused = listing.folders.filter { $0 != name && $0 != test }
    remarks =
      [
        DatasetRemark.of(
          unused, "folder beside \(name) and \(test) was not read",
          "folders beside \(name) and \(test) were not read")
      ].compactMap(\.self) + Self.filesBeside(listing, "beside \(name) and \(test)")
      + [(name, trainingListing), (test, testListing)].flatMap {
        Self.filesBeside($1, "beside the folders of the classes", in: $0 + "/")
      }
  }

  /// Whether a folder is a part rather than a class: a part contains folders, of any name. A folder that cannot be read
  /// counts as a part; the error is reported when it is read.
  private static func isPart(_ folder: URL) -> Bool {
    guard let listing = try? FolderListing(folder) else { return true }
    return !listing.folders.isEmpty || listing.foreign.contains { $0.kind == .folder }
  }

  /// - Returns: The folder with one of these names, ignoring case; nil if there is none.
  /// - Throws: ``FileError`` when there are several.
  private static func onlyPart(in listing: FolderListing, called names: [String]) throws -> String? {
    let found = parts(in: listing, called: names)
    guard found.count < 2 else {
      throw FileError(
        file: listing.folder,
        problem: "has \(found.joined(separator: " and ")): expected one of them")
    }
    return found.first
  }

  /// Whether a folder has a training part.
  static func hasParts(_ listing: FolderListing) -> Bool {
    !parts(in: listing, called: trainingNames).isEmpty
  }

  private static func parts(in listing: FolderListing, called names: [String]) -> [String] {
    listing.folders.filter {
      names.contains($0.lowercased()) && isPart(listing.folder.appending(path: $0))
    }
  }

  private static func part(_ listing: FolderListing) throws -> Part {
    // macOS stores resource forks in a folder of this name when it packs an archive.
    let classes = listing.folders.filter { $0 != "__MACOSX" }
    guard !classes.isEmpty else {
      throw FileError(file: listing.folder, problem: "has no folders: expected one for each class")
    }
    // Swift treats canonically equivalent names as equal, as readers do.
    if let (first, second) = firstEqual(classes) {
      throw FileError(
        file: listing.folder,
        problem: "has two folders called \(first), of which the second is spelt with other Unicode scalars "
          + "(\(scalars(of: first)), \(scalars(of: second))): rename one of them")
    }
    return Part(folder: listing.folder, classes: classes)
  }

  private static func firstEqual(_ names: [String]) -> (String, String)? {
    var seen: [String: String] = [:]
    for name in names {
      if let earlier = seen[name] { return (earlier, name) }
      seen[name] = name
    }
    return nil
  }

  private static func scalars(of name: String) -> String {
    name.unicodeScalars.map { $0.isASCII ? String($0) : "U+" + String($0.value, radix: 16, uppercase: true) }
      .joined(separator: " ")
  }

  private static func filesBeside(
    _ listing: FolderListing, _ place: String, in part: String = ""
  ) -> [DatasetRemark] {
    let images = listing.files.filter(ImageFolder.isImage).map { part + $0 }
    return [
      DatasetRemark.of(
        images, "image lies \(place) and was not read", "images lie \(place) and were not read")
    ].compactMap(\.self)
  }
}
