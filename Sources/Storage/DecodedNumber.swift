/// Bounds of every number that is read from a file or a database, so that sums, squares and conversions of what was read
/// neither overflow nor trap.
public enum DecodedNumber {
  /// Above every count of images, queries or bytes. A million of them can be added.
  public static let largestWhole = 1_000_000_000_000
  /// Above every measured number; its square is finite.
  public static let largestFraction = 1e100

  /// In the words of a sentence; nil: it is within bounds.
  public static func problem(of number: Int) -> String? {
    (-largestWhole...largestWhole).contains(number) ? nil : "\(number) is beyond ±\(largestWhole)"
  }

  public static func problem(of number: Double) -> String? {
    abs(number) <= largestFraction ? nil : "\(number) is beyond ±\(largestFraction)"
  }
}
