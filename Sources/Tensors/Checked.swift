/// A type some of whose representable values are invalid, such as an interval that ends before it starts.
///
/// Its initializers exclude such values by preconditions, since they would be programming errors. Decoding bypasses the
/// initializers, and there the file is at fault: a decoder checks every value it reads (`JSONFile` in `Storage`), so no
/// file can trigger a precondition.
public protocol Checked {
  /// Called after everything inside has been decoded and checked.
  ///
  /// - Throws: ``CheckFailure``, which names a property by its key in the file.
  func check() throws(CheckFailure)
}

/// Why a decoded value is invalid.
public struct CheckFailure: Error, Equatable {
  /// Empty for the value as a whole.
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

  /// Requires a fraction or a probability.
  public func requireShare(_ value: Double?, _ property: String) throws(CheckFailure) {
    guard let value else { return }
    try require((0...1).contains(value), property, "expected a number from 0 to 1, found \(value)")
  }

  /// Requires a length or a duration.
  public func requireNotNegative(_ value: Double?, _ property: String) throws(CheckFailure) {
    guard let value else { return }
    try require(value >= 0, property, "expected a number that is not negative, found \(value)")
  }

  /// Requires a radius or a standard deviation.
  public func requirePositive(_ value: Double?, _ property: String) throws(CheckFailure) {
    guard let value else { return }
    try require(value > 0, property, "expected a positive number, found \(value)")
  }

  /// Requires the two ends of an interval, the lower first.
  public func requireEnds(_ ends: [Double]?, _ property: String) throws(CheckFailure) {
    guard let ends else { return }
    try require(
      ends.count == 2 && ends[0] <= ends[1], property,
      "an interval is two numbers, the lower first, found \(ends.prefix(3))")
  }

  /// Requires an index in `0..<count`.
  public func requirePlace(_ place: Int?, of count: Int, _ property: String) throws(CheckFailure) {
    guard let place else { return }
    try require(0 <= place && place < count, property, "there is no \(place) among \(count), counted from 0")
  }

  /// Requires as many values as expected.
  public func requireCount(_ found: Int, _ expected: Int, _ property: String) throws(CheckFailure) {
    try require(found == expected, property, "expected \(expected) values, found \(found)")
  }

  /// Requires a part of a whole.
  public func requirePart(_ part: Int, of whole: Int, _ property: String) throws(CheckFailure) {
    try require(0 <= part && part <= whole, property, "expected 0 to \(whole), found \(part)")
  }

  public func requireSome(_ count: Int, _ property: String) throws(CheckFailure) {
    try require(count > 0, property, "expected one or more, found \(count)")
  }
}
