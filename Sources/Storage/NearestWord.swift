/// Suggestions for an unknown word that a user typed.
public enum NearestWord {
  /// `: did you mean "padding"?`, or an empty string if no known word is near.
  public static func question(_ word: String, among known: [String]) -> String {
    nearest(to: word, among: known).map { ": did you mean \"\($0)\"?" } ?? ""
  }

  /// The known word at the smallest edit distance; the first of equally near ones.
  ///
  /// An edit inserts, deletes or replaces a letter or swaps two neighbours; case, hyphens and underscores are ignored.
  /// Nil where more than a third of the letters would have to change.
  static func nearest(to word: String, among known: [String]) -> String? {
    let plain = letters(word)
    return known.map { (word: $0, distance: distance(plain, letters($0))) }
      .filter { 3 * $0.distance <= max(plain.count, 3) }
      .min { $0.distance < $1.distance }?.word
  }

  private static func letters(_ word: String) -> [Character] {
    word.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  /// Optimal string alignment distance.
  private static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var (before, last) = ([Int](), Array(0...second.count))
    for i in first.indices {
      var row = [i + 1]
      for j in second.indices {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (first[i] == second[j] ? 0 : 1))
        if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
          best = min(best, before[j - 1] + 1)
        }
        row.append(best)
      }
      (before, last) = (last, row)
    }
    return last[second.count]
  }
}
