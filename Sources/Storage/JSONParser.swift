/// Why a text is not JSON, or not the JSON expected there.
enum JSONFault: Error, Equatable {
  /// Something else was expected at that byte.
  case expected(String, at: Int)
  /// The string ending before that byte is not UTF-8.
  case notUTF8(at: Int)
  /// The key that begins at that byte is a duplicate in its object.
  case repeated(String, at: Int)

  var offset: Int {
    switch self {
    case .expected(_, let offset), .notUTF8(let offset), .repeated(_, let offset): offset
    }
  }
}

/// A pull parser for JSON exactly as in RFC 8259.
///
/// Foundation's decoder accepts a comma before a closing bracket, silently keeps one of two equal keys, loses their
/// order, and does not report where in the text an error is. Nothing here recurses, so deep nesting cannot exhaust the
/// stack.
struct JSONParser {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an object and hands each key to `member`, which reads the value. A key that repeats is an error.
  mutating func object(_ member: (_ key: String, _ parser: inout JSONParser) throws -> Void) throws {
    var keys: Set<[UInt8]> = []
    try expect("{")
    if take("}") { return }
    repeat {
      try member(newKey(&keys), &self)
    } while take(",")
    try expect("}")
  }

  /// Reads a list and hands the place of each element to `element`, which reads it.
  mutating func list(_ element: (_ index: Int, _ parser: inout JSONParser) throws -> Void) throws {
    try expect("[")
    if take("]") { return }
    var index = 0
    repeat {
      try element(index, &self)
      index += 1
    } while take(",")
    try expect("]")
  }

  /// Reads any value and discards it.
  mutating func value() throws(JSONFault) {
    /// Keys of each open object so far; nil for a list.
    var open: [Set<[UInt8]>?] = []
    repeat {
      if take("{") {
        if !take("}") {
          var keys: Set<[UInt8]> = []
          _ = try newKey(&keys)
          open.append(keys)
          continue
        }
      } else if take("[") {
        if !take("]") {
          open.append(nil)
          continue
        }
      } else {
        try scalar()
      }
      // A value has ended, and perhaps the values that enclose it.
      while let last = open.indices.last {
        if take(",") {
          if open[last] != nil { _ = try newKey(&open[last]!) }
          break
        }
        guard take(open[last] == nil ? "]" : "}") else {
          throw wrong(open[last] == nil ? "',' or ']'" : "',' or '}'")
        }
        open.removeLast()
      }
    } while !open.isEmpty
  }

  private mutating func newKey(_ keys: inout Set<[UInt8]>) throws(JSONFault) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw wrong("a key in quotation marks")
    }
    let start = position
    let key = try string()
    guard keys.insert(Array(key.utf8)).inserted else { throw .repeated(key, at: start) }
    try expect(":")
    return key
  }

  private mutating func scalar() throws(JSONFault) {
    skipSpace()
    guard position < bytes.count else { throw wrong("a value") }
    switch bytes[position] {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default:
      let word = ["true", "false", "null"].first { bytes[position...].starts(with: $0.utf8) }
      guard let word else { throw wrong("a value") }
      position += word.utf8.count
    }
  }

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func number() throws(JSONFault) {
    if isHere("-") { position += 1 }
    if isHere("0") { position += 1 } else { try digits() }
    if isHere(".") {
      position += 1
      try digits()
    }
    if isHere("eE") {
      position += 1
      if isHere("+-") { position += 1 }
      try digits()
    }
  }

  private mutating func digits() throws(JSONFault) {
    guard isHere("0123456789") else { throw wrong("a digit") }
    while isHere("0123456789") { position += 1 }
  }

  private func isHere(_ characters: StaticString) -> Bool {
    position < bytes.count
      && UnsafeBufferPointer(start: characters.utf8Start, count: characters.utf8CodeUnitCount)
        .contains(bytes[position])
  }

  /// Reads a list of non-negative integers.
  mutating func integers() throws(JSONFault) -> [Int] {
    var values: [Int] = []
    try expect("[")
    if take("]") { return values }
    repeat {
      skipSpace()
      let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let hasLeadingZero = digits.count > 1 && digits.first == UInt8(ascii: "0")
      guard !hasLeadingZero, let value = Int(String(decoding: digits, as: UTF8.self)) else {
        throw wrong("a non-negative integer")
      }
      position += digits.count
      values.append(value)
    } while take(",")
    try expect("]")
    return values
  }

  mutating func string() throws(JSONFault) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw .notUTF8(at: position)
        }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &content)
      case 0..<0x20:
        throw wrong("no control character in a string")
      default:
        content.append(byte)
        position += 1
      }
    }
    throw wrong("the end of a string")
  }

  /// Only white space may follow.
  mutating func end() throws(JSONFault) {
    skipSpace()
    guard position == bytes.count else { throw wrong("nothing more") }
  }

  /// The position is after the backslash.
  private mutating func escape(into content: inout [UInt8]) throws(JSONFault) {
    guard position < bytes.count else { throw wrong("the end of a string") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard bytes[position...].starts(with: "\\u".utf8) else {
          throw wrong("the second half of a surrogate pair")
        }
        position += 2
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw wrong("a valid surrogate pair")
      }
      content += text.utf8
    default:
      throw wrong("a JSON escape")
    }
  }

  private mutating func codeUnit() throws(JSONFault) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw wrong("four hexadecimal digits") }
    position += 4
    return unit
  }

  private mutating func expect(_ token: Character) throws(JSONFault) {
    guard take(token) else { throw wrong("'\(token)'") }
  }

  private mutating func take(_ token: Character) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == token.asciiValue else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func wrong(_ expected: String) -> JSONFault { .expected(expected, at: position) }
}
