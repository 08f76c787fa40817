/// File names derived from untrusted text.
public enum FileName {
  /// ASCII letters and digits of `text`, everything else a hyphen: a safe name in every file system, URL, script and
  /// LaTeX document. Different texts may give the same name.
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

  /// Whether `path` is relative and leads nowhere out of the folder that it starts in.
  public static func staysInside(_ path: String) -> Bool {
    path.utf8.first != UInt8(ascii: "/") && !parts(path).contains { $0.utf8.elementsEqual("..".utf8) }
  }

  /// Components of `path` between slashes.
  public static func parts(_ path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }
}
