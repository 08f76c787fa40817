/// Names of files made from text that somebody else wrote.
public enum FileName {
  /// ASCII letters and digits of `text`, everything else a hyphen: a name in every file system, in an address, in a
  /// script and in LaTeX. Different texts may come to the same name.
  public static func plain(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": name.unicodeScalars.append(scalar)
      default: name += "-"
      }
    }
    return name
  }

  /// Whether `text` names a file in a folder and no other place: not empty, no folder in it, no control, and no dot,
  /// hyphen or other sign at its beginning that a program would take for an option, a pipe or a hidden file.
  public static func isSafe(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return (first.properties.isAlphabetic || ("0"..."9").contains(first))
      && !text.unicodeScalars.contains { $0 == "/" || $0.isControl }
  }
}
