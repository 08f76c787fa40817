import CFuzzer
import Foundation

/// Damage to bytes, to text in JSON, to compressed data, and to one of several files.
enum Damage {
  /// libFuzzer's own, which knows what the reader compares.
  static func raw(_ data: Data, capacity: Int) -> Data {
    guard capacity > 0 else { return Data() }
    var bytes = [UInt8](repeating: 0, count: capacity)
    let size = min(data.count, capacity)
    bytes.replaceSubrange(0..<size, with: data.prefix(size))
    let count = bytes.withUnsafeMutableBufferPointer { LLVMFuzzerMutate($0.baseAddress, size, capacity) }
    return Data(bytes.prefix(count))
  }

  // MARK: JSON

  private static let strangeValues = [
    "0", "1", "-1", "2", "0.5", "-0.0", "1e-40", "1e308", "-1e308", "1e999", "255", "256", "65536",
    "2147483648",
    "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "99999999999999999999",
    "null", "true", "false", "\"\"", "\"a\"", "\"NaN\"", "\"\\u0000\"", "\"\\u0600'\"", "\"../../a\"", "[]",
    "[0]",
    "[0,0]", "[[]]", "{}", "{\"a\":0}",
  ]

  /// One to three values replaced, removed, doubled or exchanged; now and then the bytes themselves.
  static func json(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    if draws.happens(oneIn: 8) { return raw(data, capacity: capacity) }
    var bytes = [UInt8](data)
    for _ in 0...draws.index(3) { changeValue(in: &bytes, using: &draws) }
    return Data(bytes.prefix(capacity))
  }

  private static func changeValue(in bytes: inout [UInt8], using draws: inout Draws) {
    let values = JSONValues(in: bytes).ranges
    guard !values.isEmpty else { return }
    let value = values[draws.index(values.count)]
    switch draws.index(6) {
    case 0: bytes.insert(contentsOf: [UInt8(ascii: ",")] + bytes[value], at: value.upperBound)
    case 1:
      // With the comma behind or before it.
      if value.upperBound < bytes.count, bytes[value.upperBound] == UInt8(ascii: ",") {
        bytes.removeSubrange(value.lowerBound...value.upperBound)
      } else if value.lowerBound > 0, bytes[value.lowerBound - 1] == UInt8(ascii: ",") {
        bytes.removeSubrange(value.lowerBound - 1..<value.upperBound)
      } else {
        bytes.removeSubrange(value)
      }
    case 2: bytes.replaceSubrange(value, with: Array(bytes[values[draws.index(values.count)]]))
    default: bytes.replaceSubrange(value, with: strangeValues[draws.index(strangeValues.count)].utf8)
    }
  }

  // MARK: Compressed data

  /// zlib's `windowBits`.
  enum Container: CInt {
    case none = -15
    case zlib = 15
    case gzip = 31
  }

  /// What can be inflated of it.
  static func inflated(_ data: Data, _ container: Container, limit: Int = 1 << 18) -> Data {
    var result = [UInt8](repeating: 0, count: limit)
    let count = data.withUnsafeBytes {
      fuzz_inflate(container.rawValue, $0.bindMemory(to: UInt8.self).baseAddress, $0.count, &result, limit)
    }
    return Data(result.prefix(count))
  }

  static func deflated(_ data: Data, _ container: Container) -> Data {
    var result = [UInt8](repeating: 0, count: data.count + data.count / 8 + 256)
    let capacity = result.count
    let count = data.withUnsafeBytes {
      fuzz_deflate(container.rawValue, $0.bindMemory(to: UInt8.self).baseAddress, $0.count, &result, capacity)
    }
    return Data(result.prefix(count))
  }

  static func crc32(_ data: Data) -> UInt32 {
    data.withUnsafeBytes { fuzz_crc32($0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
  }
}

/// Where the values of a JSON text are, names of members left out. Of text that is none: what looks like it.
struct JSONValues {
  private(set) var ranges: [Range<Int>] = []

  init(in bytes: [UInt8]) {
    var open: [Int] = []
    var position = 0
    while position < bytes.count {
      let start = position
      switch bytes[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(position)
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        position += 1
        if let start = open.popLast() { ranges.append(start..<position) }
      case UInt8(ascii: "\""):
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
          position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, bytes.count)
        var next = position
        while next < bytes.count, bytes[next] == UInt8(ascii: " ") { next += 1 }
        if next == bytes.count || bytes[next] != UInt8(ascii: ":") { ranges.append(start..<position) }
      case let byte where Self.isPlain(byte):
        while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
        ranges.append(start..<position)
      default: position += 1
      }
    }
  }

  /// Of a number, or of true, false, null.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension FixedWidthInteger {
  var littleEndianData: Data { withUnsafeBytes(of: littleEndian) { Data($0) } }
  var bigEndianData: Data { withUnsafeBytes(of: bigEndian) { Data($0) } }
}

extension Data {
  /// The big-endian integer at `offset`; nil where there are too few bytes.
  func bigEndian32(at offset: Int) -> UInt32? {
    guard offset >= 0, offset + 4 <= count else { return nil }
    return self[startIndex + offset..<startIndex + offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  func littleEndian32(at offset: Int) -> UInt32? { bigEndian32(at: offset)?.byteSwapped }
}
