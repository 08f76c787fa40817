import Foundation
import Storage
import Tensors
import Testing

/// A type that is asked when it is read from a file, a value of it that can be, and what it says of others.
///
/// The value is made up from what its decoder asks for; see ``MadeUpJSON``.
public struct CheckedCase: Sendable, CustomTestStringConvertible {
  /// A change that makes of the value one that cannot be.
  public struct Change: Sendable {
    let path: String
    let json: String
    let problem: String

    /// - Parameter problem: After "is wrong at ", from its beginning.
    public init(_ path: String, _ json: String, _ problem: String) {
      self.path = path
      self.json = json
      self.problem = problem
    }
  }

  /// As a file spells the type, with those that it is inside of.
  public let name: String
  private let changes: [Change]
  private let make: @Sendable (_ path: String?, _ json: String) throws -> Data
  private let read: @Sendable (Data) throws -> Void

  /// - Parameter given: JSON by path, where the value cannot be made up.
  public init<Value: Decodable & Checked & SendableMetatype>(
    _ type: Value.Type, _ given: [String: String] = [:], _ changes: Change...
  ) {
    name = MadeUpJSON.name(of: type)
    self.changes = changes
    make = { path, json in
      var all = given
      if let path { all[path] = json }
      return try MadeUpJSON.data(of: type, given: all)
    }
    read = { _ = try JSONFile.decode(type, from: $0, file: URL(filePath: "/made up.json")) }
  }

  public var testDescription: String { name }

  /// The names of all types that a folder of the package extends to be asked, sorted.
  ///
  /// - Parameter exception: A folder inside it that is left out.
  public static func names(in folder: String, except exception: String? = nil) throws -> [String] {
    let folder = URL(filePath: #filePath).appending(path: "../../../\(folder)").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { file in
      file.pathExtension == "swift" && exception.map { !file.path.contains("/\($0)/") } ?? true
    }.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /extension ([A-Za-z.]+): Checked \{/).map {
        String($0.1)
      }
    }.sorted()
  }

  /// What is not as it must be: the value is read, and each change of it is refused in the words of its check.
  public func faults() throws -> [String] {
    try read(make(nil, ""))
    return changes.isEmpty
      ? ["no change"]
      : try changes.compactMap { change in
        let data = try make(change.path, change.json)
        do {
          try read(data)
          return "\(change.path) \(change.json) is accepted"
        } catch let error as FileError {
          let isExpected =
            error.problem.hasPrefix("is wrong at \(change.problem)")
            // Of the value as a whole, which has no place.
            || error.problem == "is not JSON of the expected form: \(change.problem)"
          return isExpected ? nil : error.problem
        }
      }
  }
}

/// What a decoder asks for, as JSON: 1, 0.5, "a", false, lists of one, the first case of an enumeration, and nothing
/// for what may be absent.
enum MadeUpJSON {
  /// What cannot be made up, by type or by a property of a type.
  private static let spelt = [
    "Optimizer": #"{"sgd": {"momentum": 0, "weightDecay": 0}}"#,
    "LearningRate.Schedule": #"{"constant": {}}"#,
    "TransferMatrix.Size": #"{"asFound": {}}"#,
    "TransferMatrix.Direction": #"{"attack": {}}"#,
    "PoolEntry.Role": #""asked""#,
    "LabelPoisonExperiment.Trimming": #"{"known": {}}"#,
    "AttackMethod": #"{"fastGradientSign": {}}"#,
    "PrivacyArm": #"{"plain": {}}"#,
    "AttackGoal": #"{"untargeted": {}}"#,
    "LabelPoisonExperiment.Pattern": #"{"random": {}}"#,
    "LabelFlips.Pattern": #"{"random": {}}"#,
    "Reproduction.Unit": #""percent""#,
    "Reproduction.Sample": #""images""#,
    "MonteCarloTest.drawCount": "2",
    "StudentInterval.count": "2",
    "HalfSampleEstimate.imageCount": "2",
    "HalfSampleEstimate.replicates": "[0, 1]",
  ]

  /// As a file of the package spells a type, without its module.
  fileprivate static func name(of type: Any.Type) -> String {
    String(reflecting: type).split(separator: ".").dropFirst().joined(separator: ".")
  }

  /// - Parameter given: JSON by path (`images.[0].label`), put there whatever is asked for.
  static func data(of type: (some Decodable).Type, given: [String: String]) throws -> Data {
    let (_, json) = try value(of: type, at: [], given)
    return try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .fragmentsAllowed])
  }

  /// - Parameter property: Of a type, with its name.
  fileprivate static func value<Value: Decodable>(
    of type: Value.Type, at path: [any CodingKey], property: String? = nil, _ given: [String: String]
  ) throws -> (value: Value, json: Any) {
    let place = place(path)
    if let text = given[place] ?? property.flatMap({ spelt[$0] }) ?? spelt[name(of: type)] {
      let data = Data(text.utf8)
      return (
        try JSONDecoder().decode(type, from: data),
        try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      )
    }
    let plain: Any? =
      switch type {
      case is Bool.Type: false
      case is String.Type: "a"
      case let number as any FixedWidthInteger.Type: number.init(1)
      case is Float.Type: Float(0.5)
      case is Double.Type: 0.5
      case let cases as any CaseIterable.Type: cases.allCases.first { _ in true }
      default: nil
      }
    if let value = plain as? Value {
      guard type is any CaseIterable.Type, let encodable = value as? any Encodable else {
        return (value, value)
      }
      let data = try JSONEncoder().encode(encodable)
      return (value, try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed))
    }
    let maker = Maker(codingPath: path, typeName: name(of: type), given: given)
    let value = try Value(from: maker)
    return (value, maker.json)
  }

  fileprivate static func place(_ path: [any CodingKey]) -> String {
    path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }

  private final class Maker: Decoder {
    let codingPath: [any CodingKey]
    let typeName: String
    let given: [String: String]
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    /// Of the containers; a value that asked for none is an object without keys.
    var json: Any { single ?? list ?? object }
    var object: [String: Any] = [:]
    var list: [Any]?
    var single: Any?

    init(codingPath: [any CodingKey], typeName: String, given: [String: String]) {
      self.codingPath = codingPath
      self.typeName = typeName
      self.given = given
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
      KeyedDecodingContainer(Keyed<Key>(maker: self))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer {
      list = []
      return Unkeyed(maker: self)
    }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(maker: self) }

    func made<Value: Decodable>(_ type: Value.Type, at path: [any CodingKey]) throws -> (Value, Any) {
      let property = path.last.map { "\(typeName).\($0.stringValue)" }
      return try MadeUpJSON.value(of: type, at: path, property: property, given)
    }

    func refusal(_ path: [any CodingKey]) -> any Error {
      DecodingError.dataCorrupted(
        .init(codingPath: path, debugDescription: "cannot be made up: give \(MadeUpJSON.place(path))"))
    }
  }

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let maker: Maker

    var codingPath: [any CodingKey] { maker.codingPath }
    var allKeys: [Key] {
      let prefix = MadeUpJSON.place(codingPath)
      return Set(
        maker.given.keys.filter { $0.hasPrefix(prefix) }.map {
          String($0.dropFirst(prefix.isEmpty ? 0 : prefix.count + 1).prefix { $0 != "." })
        }
      ).sorted().compactMap { Key(stringValue: $0) }
    }
    func contains(_ key: Key) -> Bool { allKeys.contains { $0.stringValue == key.stringValue } }
    func decodeNil(forKey key: Key) -> Bool { !contains(key) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      let (value, json) = try maker.made(type, at: codingPath + [key])
      maker.object[key.stringValue] = json
      return value
    }
    func nestedContainer<NestedKey: CodingKey>(
      keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> { throw maker.refusal(codingPath + [key]) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw maker.refusal(codingPath + [key])
    }
    func superDecoder() throws -> any Decoder { throw maker.refusal(codingPath) }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw maker.refusal(codingPath + [key]) }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    struct Place: CodingKey {
      var intValue: Int?
      var stringValue: String { "" }
      init(_ place: Int) { intValue = place }
      init?(intValue: Int) { self.init(intValue) }
      init?(stringValue: String) { nil }
    }

    let maker: Maker
    var currentIndex = 0

    var codingPath: [any CodingKey] { maker.codingPath }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex == 1 }
    func decodeNil() -> Bool { false }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      let (value, json) = try maker.made(type, at: codingPath + [Place(currentIndex)])
      maker.list?.append(json)
      currentIndex += 1
      return value
    }
    func nestedContainer<NestedKey: CodingKey>(
      keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> { throw maker.refusal(codingPath) }
    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw maker.refusal(codingPath) }
    func superDecoder() throws -> any Decoder { throw maker.refusal(codingPath) }
  }

  private struct Single: SingleValueDecodingContainer {
    let maker: Maker

    var codingPath: [any CodingKey] { maker.codingPath }
    func decodeNil() -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      let (value, json) = try maker.made(type, at: codingPath)
      maker.single = json
      return value
    }
  }
}
