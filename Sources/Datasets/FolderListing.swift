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
    let path = folder.path
    let kinds = visible.map { Self.kind(ofPath: "\(path)/\($0)") }
    files = zip(visible, kinds).filter { $1 == .file }.map(\.0)
    folders = zip(visible, kinds).filter { $1 == .folder }.map(\.0)
  }

  enum Kind {
    case file, folder
  }

  /// Nil when there is nothing of that name. Links are followed.
  static func kind(of url: URL) -> Kind? { kind(ofPath: url.path) }

  private static func kind(ofPath path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }
}
