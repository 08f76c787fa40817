/// What is wrong with a safetensors header: a clause that follows the file's name.
struct HeaderProblem: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

/// A pull parser for the JSON that safetensors headers consist of: objects, strings and lists of integers.
///
/// Foundation's decoder keeps one of two equal keys without a word and loses their order; a file that names a
/// tensor twice must be refused. Nothing here recurses, so deep nesting cannot exhaust the stack.
struct JSONHeaderParser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an object and hands each key to `member`, which reads the value. A key that repeats is an error.
  mutating func object(
    _ member: (_ key: String, _ parser: inout JSONHeaderParser) throws(HeaderProblem) -> Void
  ) throws(HeaderProblem) {
    var keys: Set<[UInt8]> = []
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      guard keys.insert(Array(key.utf8)).inserted else {
        throw HeaderProblem("names \(key.debugDescription) twice in its header")
      }
      try expect(":")
      try member(key, &self)
    } while take(",")
    try expect("}")
  }

  /// Reads a list of non-negative integers.
  mutating func integers() throws(HeaderProblem) -> [Int] {
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

  mutating func string() throws(HeaderProblem) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw HeaderProblem("has a header that is not valid UTF-8 before byte \(position)")
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
  mutating func end() throws(HeaderProblem) {
    skipSpace()
    guard position == bytes.count else { throw wrong("nothing more") }
  }

  /// The position is behind the backslash.
  private mutating func escape(into content: inout [UInt8]) throws(HeaderProblem) {
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

  private mutating func codeUnit() throws(HeaderProblem) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw wrong("four hexadecimal digits") }
    position += 4
    return unit
  }

  private mutating func expect(_ token: Character) throws(HeaderProblem) {
    guard take(token) else { throw wrong("'\(token)'") }
  }

  private mutating func take(_ token: Character) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == token.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func wrong(_ expected: String) -> HeaderProblem {
    HeaderProblem("has an invalid JSON header: expected \(expected) at byte \(position) of \(bytes.count)")
  }
}
