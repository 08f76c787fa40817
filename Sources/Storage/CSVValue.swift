import Escapes

/// Value of a table field: a number or a text.
///
/// A text that a spreadsheet would run as a formula is marked (``CSVField``), a number never is, so the type determines
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

/// Writes nil as an empty field.
extension Optional: CSVValue where Wrapped: CSVValue {
  public func csvField(isForGnuplot: Bool) -> String { self?.csvField(isForGnuplot: isForGnuplot) ?? "" }
}
