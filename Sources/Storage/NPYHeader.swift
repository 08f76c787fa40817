import Foundation

/// The part of an `.npy` file in front of the elements.
///
///     93 'NUMPY' major minor length {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } spaces \n
///
/// `length` has 2 bytes in version 1 and 4 in versions 2 and 3. The dictionary is a Python literal; exactly these
/// three keys, each once, in any order, are accepted.
struct NPYHeader {
  let descriptor: String
  let isFortranOrder: Bool
  let shape: [Int]
  /// Offset of the elements.
  let dataOffset: Int

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy itself refuses longer headers; ours have three keys.
  private static let lengthLimit = 10_000

  init(data: Data, file: URL) throws {
    guard data.starts(with: Self.magic) else {
      throw FileError(
        file: file,
        problem: data.isEmpty
          ? "is empty: expected an .npy file"
          : ForeignFile.problem(of: data, expected: "an .npy file")
            ?? "is not an .npy file: wrong magic bytes")
    }
    guard data.count >= 12 else {
      throw FileError(
        file: file, problem: "is truncated: found \(data.count) bytes, too few for an .npy header")
    }
    let start: Int
    let length: Int
    switch (data[data.startIndex + 6], data[data.startIndex + 7]) {
    case (1, 0): (start, length) = (10, Int(data.littleEndianInteger(UInt16.self, at: 8)))
    // Version 3 may have UTF-8 field names, and fields are not supported.
    case (2, 0), (3, 0): (start, length) = (12, Int(data.littleEndianInteger(UInt32.self, at: 8)))
    case (let major, let minor):
      throw FileError(file: file, problem: "has .npy version \(major).\(minor): expected 1.0, 2.0 or 3.0")
    }
    guard length <= Self.lengthLimit else {
      throw FileError(
        file: file, problem: "claims an .npy header of \(length) bytes: expected at most \(Self.lengthLimit)")
    }
    guard length <= data.count - start else {
      throw FileError(
        file: file,
        problem: "is truncated: expected an .npy header of \(length) bytes, found \(data.count - start)")
    }
    dataOffset = start + length
    let text = data.dropFirst(start).prefix(length)
    guard var parser = PythonLiteralParser(text), let fields = parser.dictionary() else {
      throw FileError(
        file: file,
        problem: "has an unreadable .npy header: expected a dictionary of descr, fortran_order and shape")
    }
    (descriptor, isFortranOrder, shape) = fields
  }

  /// Header of version 1, padded with spaces so that the elements begin at a multiple of 64 bytes.
  static func encoded(descriptor: String, shape: [Int]) -> Data {
    let extents =
      shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    let dictionary = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
    let unpadded = 10 + dictionary.utf8.count + 1
    let padding = (64 - unpadded % 64) % 64
    let length = UInt16(dictionary.utf8.count + padding + 1)
    return Data(magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)])
      + Data((dictionary + String(repeating: " ", count: padding) + "\n").utf8)
  }
}

/// Reads the one kind of Python literal that an `.npy` header holds.
private struct PythonLiteralParser {
  private let text: [UInt8]
  private var position = 0

  init?(_ text: Data) {
    guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
    self.text = Array(text)
  }

  mutating func dictionary() -> (descriptor: String, isFortranOrder: Bool, shape: [Int])? {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "descr" where descriptor == nil:
        descriptor = string()
        if descriptor == nil { return nil }
      case "fortran_order" where isFortranOrder == nil:
        if take("True") {
          isFortranOrder = true
        } else if take("False") {
          isFortranOrder = false
        } else {
          return nil
        }
      case "shape" where shape == nil:
        shape = tuple()
        if shape == nil { return nil }
      default: return nil
      }
      guard take(",") || peek("}") else { return nil }
    }
    skipSpace()
    guard position == text.count, let descriptor, let isFortranOrder, let shape else { return nil }
    return (descriptor, isFortranOrder, shape)
  }

  /// `()`, `(3,)`, `(3, 4)` or `(3, 4,)`.
  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var extents: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard let extent = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      position += digits.count
      extents.append(extent)
      // (3) is a number in Python, not a tuple.
      guard take(",") || (peek(")") && extents.count > 1) else { return nil }
    }
    return extents
  }

  private mutating func string() -> String? {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\"")
    else {
      return nil
    }
    let quote = text[position]
    guard let end = text[(position + 1)...].firstIndex(of: quote) else { return nil }
    let content = text[position + 1..<end]
    guard !content.contains(UInt8(ascii: "\\")) else { return nil }
    position = end + 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func take(_ token: String) -> Bool {
    guard peek(token) else { return false }
    position += token.utf8.count
    return true
  }

  private mutating func peek(_ token: String) -> Bool {
    skipSpace()
    return text[position...].starts(with: token.utf8)
  }

  private mutating func skipSpace() {
    while position < text.count, text[position] == UInt8(ascii: " ") || text[position] == UInt8(ascii: "\n") {
      position += 1
    }
  }
}
