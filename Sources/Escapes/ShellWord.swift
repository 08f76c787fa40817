/// A word for a POSIX shell.
public enum ShellWord {
  /// `word` quoted so that a shell reads it as exactly one word.
  ///
  /// In single quotes a shell interprets nothing but the next single quote (POSIX.1-2024, Shell & Utilities, 2.2.2),
  /// byte by byte. A word contains no NUL: no program argument can.
  public static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy(plain.contains)
    if isPlain { return word }
    var result = "'"
    for scalar in word.unicodeScalars {
      if scalar == "'" { result += #"'\''"# } else { result.unicodeScalars.append(scalar) }
    }
    return result + "'"
  }

  private static let plain = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+,./:@%".utf8)
}
