import ArgumentParser

/// A choice that users write with hyphens (`random-sign`), and records and earlier versions in camel case (`randomSign`).
public protocol KebabArgument: ExpressibleByArgument, CaseIterable, RawRepresentable<String> {}

extension KebabArgument {
  /// Either spelling.
  public init?(argument: String) {
    guard let value = Self.allCases.first(where: { [$0.argument, $0.rawValue].contains(argument) }) else {
      return nil
    }
    self = value
  }

  public var argument: String {
    rawValue.replacing(/[A-Z]/) { "-" + $0.0.lowercased() }
  }

  public var defaultValueDescription: String { argument }
  public static var allValueStrings: [String] { allCases.map(\.argument) }
  /// None: a value is its own description.
  public static var allValueDescriptions: [String: String] { [:] }
}
