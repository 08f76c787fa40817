import Foundation
import Storage

/// The visible names in a folder, in byte order: the order of Python's `sorted`, hence of PyTorch's
/// `ImageFolder`, so that labels agree with weights trained there ("10" comes before "2").
struct FolderListing {
  let folder: URL
  let files: [String]
  let folders: [String]

  /// - Throws: ``FileError`` when `folder` is missing, is not a folder or cannot be read.
  init(_ folder: URL) throws {
    self.folder = folder
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      let problem =
        switch Self.kind(of: folder) {
        case nil: "does not exist: expected a folder"
        case .file: "is not a folder"
        case .folder: "cannot be read: \(error.localizedDescription)"
        }
      throw FileError(file: folder, problem: problem)
    }
    let visible = names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    files = visible.filter { Self.kind(of: folder.appending(path: $0)) == .file }
    folders = visible.filter { Self.kind(of: folder.appending(path: $0)) == .folder }
  }

  enum Kind {
    case file, folder
  }

  /// Nil when there is nothing of that name. Links are followed.
  static func kind(of url: URL) -> Kind? {
    var isFolder = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return nil }
    return isFolder.boolValue ? .folder : .file
  }
}
