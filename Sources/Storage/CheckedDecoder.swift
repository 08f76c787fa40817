import Tensors

/// Wraps another decoder and checks every value that it decodes, the innermost first:
///
/// - a number is within ``DecodedNumber``'s bounds;
/// - a whole number whose key ends in `Count` is not negative;
/// - a ``Checked`` value passes its own check.
///
/// Synthesised decoders need no change for it. Errors are `DecodingError`s with the path of the value.
struct CheckedDecoder: Decoder {
  let base: any Decoder

  var codingPath: [any CodingKey] { base.codingPath }
  var userInfo: [CodingUserInfoKey: Any] { base.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedContainer(base: try base.container(keyedBy: type)))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    UnkeyedContainer(base: try base.unkeyedContainer())
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    SingleValueContainer(base: try base.singleValueContainer())
  }

  // MARK: Checks

  /// Decodes `Value` behind a ``CheckedDecoder`` and checks it.
  struct Asked<Value: Decodable>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
      value = try Value(from: CheckedDecoder(base: decoder))
      guard let checked = value as? any Checked else { return }
      do {
        try checked.check()
      } catch {
        let key = error.property.isEmpty ? [] : [Property(stringValue: error.property)]
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath + key, debugDescription: error.problem))
      }
    }
  }

  private struct Property: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Whether a value of `type` needs no check except for numeric bounds.
  static func isPlain(_ type: Any.Type) -> Bool {
    type is any BinaryInteger.Type || type is any BinaryFloatingPoint.Type || type == String.self
      || type == Bool.self
  }

  /// - Parameter path: Path to `value`, inclusive.
  static func checked<Value>(_ value: Value, at path: @autoclosure () -> [any CodingKey]) throws -> Value {
    let problem: String? =
      switch value {
      case let number as Int: problem(of: number, at: path)
      case let number as Double: DecodedNumber.problem(of: number)
      case let number as Float: number.isFinite ? nil : "the number is beyond what 32 bits hold"
      default: nil
      }
    guard let problem else { return value }
    throw DecodingError.dataCorrupted(.init(codingPath: path(), debugDescription: problem))
  }

  private static func problem(of number: Int, at path: () -> [any CodingKey]) -> String? {
    if let problem = DecodedNumber.problem(of: number) { return problem }
    // The path is built only for the few numbers that may be invalid.
    guard number < 0, let name = path().last?.stringValue else { return nil }
    return name == "count" || name.hasSuffix("Count") ? "a count is not negative, found \(number)" : nil
  }
}

extension CheckedDecoder {
  private struct KeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let base: KeyedDecodingContainer<Key>

    var codingPath: [any CodingKey] { base.codingPath }
    var allKeys: [Key] { base.allKeys }
    func contains(_ key: Key) -> Bool { base.contains(key) }
    func decodeNil(forKey key: Key) throws -> Bool { try base.decodeNil(forKey: key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try isPlain(type)
        ? checked(base.decode(type, forKey: key), at: codingPath + [key])
        : base.decode(Asked<Value>.self, forKey: key).value
    }

    func nestedContainer<NestedKey: CodingKey>(
      keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
      KeyedDecodingContainer(
        KeyedContainer<NestedKey>(base: try base.nestedContainer(keyedBy: type, forKey: key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      UnkeyedContainer(base: try base.nestedUnkeyedContainer(forKey: key))
    }

    func superDecoder() throws -> any Decoder { CheckedDecoder(base: try base.superDecoder()) }
    func superDecoder(forKey key: Key) throws -> any Decoder {
      CheckedDecoder(base: try base.superDecoder(forKey: key))
    }
  }

  private struct UnkeyedContainer: UnkeyedDecodingContainer {
    var base: any UnkeyedDecodingContainer

    var codingPath: [any CodingKey] { base.codingPath }
    var count: Int? { base.count }
    var isAtEnd: Bool { base.isAtEnd }
    var currentIndex: Int { base.currentIndex }
    mutating func decodeNil() throws -> Bool { try base.decodeNil() }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      guard isPlain(type) else { return try base.decode(Asked<Value>.self).value }
      let place = currentIndex
      return try checked(base.decode(type), at: codingPath + [Place(place)])
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
      keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
      KeyedDecodingContainer(KeyedContainer<NestedKey>(base: try base.nestedContainer(keyedBy: type)))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      UnkeyedContainer(base: try base.nestedUnkeyedContainer())
    }

    mutating func superDecoder() throws -> any Decoder { CheckedDecoder(base: try base.superDecoder()) }

    private struct Place: CodingKey {
      let intValue: Int?
      var stringValue: String { intValue.map { "\($0)" } ?? "" }
      init(_ place: Int) { intValue = place }
      init?(intValue: Int) { self.init(intValue) }
      init?(stringValue: String) { nil }
    }
  }

  private struct SingleValueContainer: SingleValueDecodingContainer {
    let base: any SingleValueDecodingContainer

    var codingPath: [any CodingKey] { base.codingPath }
    func decodeNil() -> Bool { base.decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try isPlain(type)
        ? checked(base.decode(type), at: codingPath) : base.decode(Asked<Value>.self).value
    }
  }
}
