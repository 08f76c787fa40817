/// How long a name may be that a file brings: of an architecture, of a node, of a class.
///
/// Names stand in every table, chart and line of text, which take time for each letter. Those of folders, and with them
/// of data sets, end at the same length by themselves.
public enum LongestName {
  /// In UTF-8, as the name of a file on Linux.
  public static let byteCount = 255

  /// What is wrong with `name`, after the words for what it is a name of; nil: nothing.
  public static func problem(of name: String) -> String? {
    name.utf8.count <= byteCount
      ? nil : "a name of \(name.utf8.count) bytes: names have at most \(byteCount), so shorten it"
  }
}
