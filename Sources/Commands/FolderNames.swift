import Foundation

/// Folders that a shell offers for a word that is being typed.
enum FolderNames {
  /// The folders whose path begins with `typed`, each with a slash at its end; hidden ones if a point was typed.
  static func completing(_ typed: String) -> [String] {
    let start = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
    let (parent, prefix) = (String(typed[..<start]), typed[start...])
    let expanded = NSString(string: parent).expandingTildeInPath
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.isEmpty ? "." : expanded)) ?? []
    return names.filter { name in
      guard name.hasPrefix(prefix), prefix.hasPrefix(".") || !name.hasPrefix(".") else { return false }
      var isFolder: ObjCBool = false
      let path = parent.isEmpty ? name : "\(expanded)/\(name)"
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }.sorted().map { "\(parent)\($0)/" }
  }
}
