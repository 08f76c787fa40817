import ArgumentParser

/// A choice that users write with hyphens (`random-sign`), and records and earlier versions in camel case (`randomSign`).
package struct KebabCase<Value: CaseIterable & RawRepresentable<String> & Sendable>: ExpressibleByArgument {
  package let value: Value

  package init(_ value: Value) { self.value = value }

  /// Either spelling.
  package init?(argument: String) {
    guard
      let value = Value.allCases.first(where: { [Self($0).argument, $0.rawValue].contains(argument) })
    else { return nil }
    self.value = value
  }

  package var argument: String { value.rawValue.replacing(/[A-Z]/) { "-" + $0.0.lowercased() } }

  package var defaultValueDescription: String { argument }
  package static var allValueStrings: [String] { Value.allCases.map { Self($0).argument } }
}
