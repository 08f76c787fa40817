/// A word for a POSIX shell.
public enum ShellWord {
  /// `word` as a shell takes it for one word that is exactly this.
  ///
  /// In single quotes a shell reads nothing but the next single quote (POSIX.1-2024, Shell & Utilities, 2.2.2), byte by
  /// byte. A word holds no NUL: no argument of a program can.
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
