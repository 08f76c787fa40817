/// Bounds of every number read from a file or a database, so that sums, squares and conversions of it neither overflow
/// nor trap.
public enum DecodedNumber {
  /// Larger than every count of images, queries or bytes. A million of them can be added.
  public static let largestWhole = 1_000_000_000_000
  /// Larger than every measured number; its square is finite.
  public static let largestFraction = 1e100

  /// Problem as a clause; nil if the number is within bounds.
  public static func problem(of number: Int) -> String? {
    (-largestWhole...largestWhole).contains(number) ? nil : "\(number) is beyond ±\(largestWhole)"
  }

  public static func problem(of number: Double) -> String? {
    abs(number) <= largestFraction ? nil : "\(number) is beyond ±\(largestFraction)"
  }
}
