/// A value that can be spelt although it cannot be, such as an interval that ends before it starts.
///
/// Its initializers keep such values out by preconditions, for they would be a mistake of the program. What is read
/// from a file passes by the initializers, and there the mistake is the file's: whoever decodes a file asks every
/// value in it (`JSONFile` in `Storage`), so that no precondition stands behind a decoder.
public protocol Checked {
  /// Called after everything inside has been decoded and checked.
  ///
  /// - Throws: ``CheckFailure``, which names a property as it is spelt in the file.
  func check() throws(CheckFailure)
}

/// What a decoded value cannot be.
public struct CheckFailure: Error, Equatable {
  /// Empty: the value as a whole.
  public let property: String
  /// A clause: "a share lies in 0…1, found 3.0".
  public let problem: String

  public init(_ property: String, _ problem: String) {
    self.property = property
    self.problem = problem
  }
}

extension Checked {
  public func require(
    _ holds: Bool, _ property: String, _ problem: @autoclosure () -> String
  ) throws(CheckFailure) {
    guard holds else { throw CheckFailure(property, problem()) }
  }

  /// A share, an accuracy, a probability.
  public func requireShare(_ value: Double?, _ property: String) throws(CheckFailure) {
    guard let value else { return }
    try require((0...1).contains(value), property, "expected a number from 0 to 1, found \(value)")
  }

  /// A length, a duration.
  public func requireNotNegative(_ value: Double?, _ property: String) throws(CheckFailure) {
    guard let value else { return }
    try require(value >= 0, property, "expected a number that is not negative, found \(value)")
  }

  /// A radius, a deviation.
  public func requirePositive(_ value: Double?, _ property: String) throws(CheckFailure) {
    guard let value else { return }
    try require(value > 0, property, "expected a positive number, found \(value)")
  }

  /// The two ends of an interval, the lower first.
  public func requireEnds(_ ends: [Double]?, _ property: String) throws(CheckFailure) {
    guard let ends else { return }
    try require(
      ends.count == 2 && ends[0] <= ends[1], property,
      "an interval is two numbers, the lower first, found \(ends.prefix(3))")
  }

  /// A number of one of `count` things, from 0.
  public func requirePlace(_ place: Int?, of count: Int, _ property: String) throws(CheckFailure) {
    guard let place else { return }
    try require(0 <= place && place < count, property, "there is no \(place) among \(count), counted from 0")
  }

  /// As many things as something else has.
  public func requireCount(_ found: Int, _ expected: Int, _ property: String) throws(CheckFailure) {
    try require(found == expected, property, "expected \(expected) values, found \(found)")
  }

  /// So many of so many.
  public func requirePart(_ part: Int, of whole: Int, _ property: String) throws(CheckFailure) {
    try require(0 <= part && part <= whole, property, "expected 0 to \(whole), found \(part)")
  }

  public func requireSome(_ count: Int, _ property: String) throws(CheckFailure) {
    try require(count > 0, property, "expected one or more, found \(count)")
  }
}
