import Foundation
import Storage

/// Class and image names in a folder of images that are not UTF-8.
///
/// Such a class or image has no name that a label, a record or a page could show, so it cannot be read under its own
/// name; and leaving it out would change the data set.
enum ForeignNames {
  private static let longestList = 5

  /// The names of classes, and of images in any class, below `folder`, which has a folder for each class; escaped.
  static func found(in folder: URL) -> [String] {
    guard let listing = try? FolderListing(folder) else { return [] }
    let path = Array(folder.path.utf8)
    let foreignClasses = listing.foreign.filter { $0.kind == .folder }
    let known = listing.folders.flatMap { name in images(in: path, class: Array(name.utf8), named: name) }
    let foreign = foreignClasses.flatMap { name in
      [name.escaped] + images(in: path, class: name.bytes, named: name.escaped)
    }
    return known + foreign
  }

  /// - Throws: ``FileError`` listing all of them, for the parts of one data set.
  static func refuse(in folder: URL, _ listing: FolderListing) throws {
    let partNames = ImageFolderLayout.trainingNames + ImageFolderLayout.heldOutNames
    let parts =
      ImageFolderLayout.hasParts(listing)
      ? listing.folders.filter { partNames.contains($0.lowercased()) } : []
    let names =
      parts.isEmpty
      ? found(in: folder)
      : parts.flatMap { part in found(in: folder.appending(path: part)).map { "\(part)/\($0)" } }
    guard !names.isEmpty else { return }
    let listed = names.prefix(longestList).joined(separator: ", ")
    let rest = names.count > longestList ? " and \(names.count - longestList) more" : ""
    throw FileError(
      file: folder,
      problem:
        "has \(names.count) \(names.count == 1 ? "name that is" : "names that are") not UTF-8: \(listed)\(rest); "
        + "rename them, for example with convmv -r -f latin1 -t utf8 --notest, where latin1 is what they are written in"
    )
  }

  private static func images(in path: [UInt8], class name: [UInt8], named words: String) -> [String] {
    let slash = UInt8(ascii: "/")
    let names = (try? FolderListing.names(in: path + [slash] + name)) ?? []
    return names.filter {
      $0.first != UInt8(ascii: ".") && String(validating: $0, as: UTF8.self) == nil && ImageFolder.isImage($0)
    }
    .sorted { $0.lexicographicallyPrecedes($1) }
    .map { "\(words)/\(ForeignName(bytes: $0, kind: .file).escaped)" }
  }
}
