/// A hand-written JSON object, in which no key is ignored.
public struct StrictObject {
  private let values: KeyedDecodingContainer<Key>
  private let name: String
  /// The key as spelt in the text, for each known key.
  private let spelt: [String: Key]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// - Parameters:
  ///   - name: Names the object in errors.
  ///   - keys: All the keys it may have.
  ///   - spellings: Aliases of some of them in other programs.
  /// - Throws: `DecodingError` with the path of a key that is unknown, or is an alias of another that is present.
  public init(from decoder: any Decoder, name: String, keys: [String], spellings: [String: String] = [:])
    throws
  {
    values = try decoder.container(keyedBy: Key.self)
    self.name = name
    let known = Set(keys)
    var spelt: [String: Key] = [:]
    for key in values.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
      let word = key.stringValue
      guard let own = known.contains(word) ? word : spellings[word].flatMap({ known.contains($0) ? $0 : nil })
      else {
        let question = NearestWord.question(word, among: keys)
        throw Self.problem(
          "\(name): unknown key \"\(word)\""
            + (question.isEmpty ? "; there are \(keys.joined(separator: ", "))" : question),
          values.codingPath + [key])
      }
      if let other = spelt[own] {
        throw Self.problem(
          "\(name): \"\(word)\" and \"\(other.stringValue)\" are the same", values.codingPath + [key])
      }
      spelt[own] = key
    }
    self.spelt = spelt
  }

  public func contains(_ key: String) -> Bool { spelt[key] != nil }

  public func decode<Value: Decodable>(_ type: Value.Type, _ key: String) throws -> Value {
    try values.decode(type, forKey: spelt[key] ?? Key(key))
  }

  public func decode<Value: Decodable>(_ type: Value.Type, _ key: String, default value: Value) throws
    -> Value
  {
    contains(key) ? try decode(type, key) : value
  }

  /// An error located at the value of `key`.
  public func problem(_ text: String, at key: String) -> DecodingError {
    Self.problem("\(name): \(text)", values.codingPath + [spelt[key] ?? Key(key)])
  }

  private static func problem(_ text: String, _ path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: text))
  }
}
