import Escapes

/// What stands in a field of a table: a number, or a text.
///
/// A text that a spreadsheet would run as a formula carries a mark (``CSVField``), a number never does, so a type says
/// which of the two it is.
public protocol CSVValue: Sendable {
  /// - Parameter isForGnuplot: See ``CSVField/text(_:isForGnuplot:)``.
  func csvField(isForGnuplot: Bool) -> String
}

extension String: CSVValue {
  public func csvField(isForGnuplot: Bool) -> String { CSVField.text(self, isForGnuplot: isForGnuplot) }
}

extension CSVValue where Self: CustomStringConvertible & Numeric {
  /// The shortest digits that read back as the same value.
  public func csvField(isForGnuplot: Bool) -> String { description }
}

extension Int: CSVValue {}
extension UInt8: CSVValue {}
extension UInt32: CSVValue {}
extension UInt64: CSVValue {}
extension Float: CSVValue {}
extension Double: CSVValue {}

extension Bool: CSVValue {
  public func csvField(isForGnuplot: Bool) -> String { description }
}

/// An empty field where there is nothing.
extension Optional: CSVValue where Wrapped: CSVValue {
  public func csvField(isForGnuplot: Bool) -> String { self?.csvField(isForGnuplot: isForGnuplot) ?? "" }
}
