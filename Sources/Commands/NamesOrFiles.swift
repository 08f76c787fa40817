import ArgumentParser
import Foundation

extension CompletionKind {
  /// For an option that takes a name or a path: names, folders, and files with one of `extensions`.
  static func names(_ names: [String], orFiles extensions: Set<String> = []) -> CompletionKind {
    .custom { _, _, typed in names.filter { $0.hasPrefix(typed) } + paths(beginningWith: typed, extensions) }
  }

  /// Folders, with a slash at their end, and files; hidden ones if a point was typed.
  private static func paths(beginningWith typed: String, _ extensions: Set<String>) -> [String] {
    let start = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
    let (parent, prefix) = (String(typed[..<start]), typed[start...])
    let folder = URL(filePath: parent.isEmpty ? "." : NSString(string: parent).expandingTildeInPath)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      guard name.hasPrefix(prefix), prefix.hasPrefix(".") || !name.hasPrefix(".") else { return nil }
      let file = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else { return nil }
      if isFolder.boolValue { return "\(parent)\(name)/" }
      return extensions.contains(file.pathExtension) ? parent + name : nil
    }
  }
}
