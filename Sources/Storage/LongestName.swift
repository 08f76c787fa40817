/// The longest name that a file may bring: of an architecture, a node or a class.
///
/// Names appear in every table, chart and line of text, which take time for each letter. Folder names, and thus names
/// of data sets, have the same limit anyway.
public enum LongestName {
  /// In UTF-8 bytes, the limit of a file name on Linux.
  public static let byteCount = 255

  /// The problem with `name`, as a clause that follows the kind of name; nil if there is none.
  public static func problem(of name: String) -> String? {
    name.utf8.count <= byteCount
      ? nil : "a name of \(name.utf8.count) bytes: names have at most \(byteCount), so shorten it"
  }
}
