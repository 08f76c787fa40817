import Foundation

/// Values as JSON files: indented, keys sorted, so that equal values give equal bytes and a change gives a readable
/// diff.
///
/// A Float is written with the shortest digits that read back as the same Float (0.1, not 0.10000000149).
public enum JSONFile {
  /// - Throws: ``FileError`` when `value` holds NaN or an infinity, which JSON cannot represent, or the file cannot be
  ///   written; an existing file is then left unchanged.
  public static func write(_ value: some Encodable, to file: URL) throws {
    try AtomicFile.write(encoded(value, file: file), to: file)
  }

  /// The bytes that ``write(_:to:)`` writes, with a line feed at the end.
  ///
  /// - Parameter file: Named in errors; nothing is written to it.
  public static func encoded(_ value: some Encodable, file: URL) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(value) + [UInt8(ascii: "\n")]
    } catch EncodingError.invalidValue(let wrong, let context) {
      throw FileError(
        file: file, problem: "cannot be written as JSON: \(wrong) at \(place(context.codingPath))")
    }
  }

  /// Every decoded value has been checked: see ``CheckedDecoder`` and `Checked`.
  ///
  /// - Throws: ``FileError`` when the file cannot be read, is not JSON, lacks what `Value` needs, or has invalid
  ///   values; the message names the key.
  public static func read<Value: Decodable>(_ type: Value.Type, from file: URL) throws -> Value {
    try decode(type, from: FileContents.read(file), file: file)
  }

  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: As ``read(_:from:)``.
  public static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data, file: URL
  ) throws -> Value {
    let text = try JSONText(data, file: file)
    do {
      return try JSONDecoder().decode(CheckedDecoder.Asked<Value>.self, from: data).value
    } catch DecodingError.keyNotFound(let key, let context) {
      let place = place(context.codingPath + [key])
      throw FileError(file: file, problem: "lacks the key \(place)" + text.words(for: context.codingPath))
    } catch DecodingError.typeMismatch(let expected, let context) {
      throw FileError(
        file: file,
        problem: "has no \(word(for: expected)) at \(place(context.codingPath)), which is expected there"
          + text.words(for: context.codingPath))
    } catch DecodingError.valueNotFound(_, let context) {
      throw FileError(
        file: file,
        problem: "has null at \(place(context.codingPath)): expected a value"
          + text.words(for: context.codingPath))
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw FileError(
        file: file,
        problem: "is wrong at \(place(context.codingPath)): \(context.debugDescription)"
          + text.words(for: context.codingPath))
    } catch let error as DecodingError {
      throw FileError(file: file, problem: "is not JSON of the expected form: \(Self.cause(of: error))")
    }
  }

  /// The JSON type from which `type` is decoded.
  private static func word(for type: Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Bool.Type: "true or false"
    case is any BinaryInteger.Type: "whole number"
    case is any BinaryFloatingPoint.Type: "number"
    case is [String: Any].Type: "object"
    case is [Any].Type: "list"
    default: "\(type)"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "the top" }
    return path.reduce(into: "") { text, key in
      text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
    }
  }

  private static func cause(of error: DecodingError) -> String {
    guard case .dataCorrupted(let context) = error else { return "\(error)" }
    let underlying = context.underlyingError as NSError?
    return underlying?.userInfo["NSDebugDescription"] as? String ?? context.debugDescription
  }
}
