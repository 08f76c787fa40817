import Foundation

/// The problem with a safetensors header: a clause that follows the file's name.
private struct HeaderProblem: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Tensor entries of a safetensors header, checked against the file.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let elementType: SafetensorsElementType
    let shape: [Int]
    /// Byte range of the tensor, relative to the end of the header.
    let range: Range<Int>
  }

  static let metadataKey = "__metadata__"
  /// The limit of the reference implementation.
  private static let lengthLimit = 100_000_000

  /// In the order of their data.
  let entries: [Entry]
  let metadata: [String: String]
  /// Offset of the tensor data.
  let dataOffset: Int

  init(data: Data, file: URL) throws {
    guard data.count >= 8 else {
      throw FileError(
        file: file,
        problem: "is truncated: expected at least 8 bytes of a safetensors file, found \(data.count)")
    }
    let claimed = data.littleEndianInteger(UInt64.self, at: 0)
    guard claimed <= Self.lengthLimit else {
      throw FileError(
        file: file,
        problem: ForeignFile.problem(of: data, expected: "a safetensors file")
          ?? "claims a safetensors header of \(claimed) bytes: expected at most \(Self.lengthLimit)")
    }
    let length = Int(claimed)
    guard length <= data.count - 8 else {
      throw FileError(
        file: file, problem: "is truncated: expected a header of \(length) bytes, found \(data.count - 8)")
    }
    dataOffset = 8 + length
    do {
      var parser = JSONParser(Array(data.dropFirst(8).prefix(length)))
      (entries, metadata) = try Self.parsed(&parser)
      try Self.check(entries, dataLength: data.count - dataOffset)
    } catch let problem as HeaderProblem {
      throw FileError(file: file, problem: problem.text)
    } catch let fault as JSONFault {
      throw FileError(file: file, problem: Self.problem(of: fault, length: length))
    }
  }

  private static func problem(of fault: JSONFault, length: Int) -> String {
    switch fault {
    case .expected(let expected, let offset):
      "has an invalid JSON header: expected \(expected) at byte \(offset) of \(length)"
    case .notUTF8(let offset): "has a header that is not valid UTF-8 before byte \(offset)"
    case .repeated(let key, _): "names \(key.debugDescription) twice in its header"
    }
  }

  private static func parsed(
    _ parser: inout JSONParser
  ) throws -> (entries: [Entry], metadata: [String: String]) {
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    try parser.object { key, parser in
      if key == metadataKey {
        try parser.object { key, parser in metadata[key] = try parser.string() }
      } else {
        entries.append(try entry(named: key, &parser))
      }
    }
    try parser.end()
    // An empty tensor has the same offset as its successor; the end decides which of the two comes first.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < (
        $1.range.lowerBound, $1.range.upperBound, $1.name
      )
    }
    return (entries, metadata)
  }

  private static func entry(named name: String, _ parser: inout JSONParser) throws -> Entry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try parser.object { key, parser in
      switch key {
      case "dtype": typeName = try parser.string()
      case "shape": shape = try parser.integers()
      case "data_offsets": offsets = try parser.integers()
      default:
        throw HeaderProblem("has an unknown key \(key.debugDescription) in tensor \(name.debugDescription)")
      }
    }
    let tensor = "tensor \(name.debugDescription)"
    guard let typeName, let shape, let offsets else {
      throw HeaderProblem("lacks dtype, shape or data_offsets for \(tensor)")
    }
    guard let elementType = SafetensorsElementType(rawValue: typeName) else {
      throw HeaderProblem(
        "has element type \(typeName.debugDescription) in \(tensor), which is not supported")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderProblem("has data_offsets \(offsets) for \(tensor): expected [begin, end]")
    }
    guard let expected = checkedProduct(shape + [elementType.size]) else {
      throw HeaderProblem("has an impossible shape \(shape) for \(tensor)")
    }
    guard offsets[1] - offsets[0] == expected else {
      throw HeaderProblem(
        "gives \(offsets[1] - offsets[0]) bytes to \(tensor): shape \(shape) of \(typeName) needs \(expected)"
      )
    }
    return Entry(name: name, elementType: elementType, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// The data of all tensors, in order, must fill the rest of the file.
  private static func check(_ entries: [Entry], dataLength: Int) throws(HeaderProblem) {
    var end = 0
    for entry in entries {
      let tensor = "tensor \(entry.name.debugDescription)"
      guard entry.range.upperBound <= dataLength else {
        throw HeaderProblem(
          "ends before \(tensor): expected \(entry.range.upperBound) bytes of data, found \(dataLength)")
      }
      guard entry.range.lowerBound == end else {
        let fault = entry.range.lowerBound < end ? "overlaps the one before" : "leaves a gap"
        throw HeaderProblem(
          "has data_offsets of \(tensor) that begin at \(entry.range.lowerBound): expected \(end); it \(fault)"
        )
      }
      end = entry.range.upperBound
    }
    guard end == dataLength else {
      throw HeaderProblem("has \(dataLength) bytes of tensor data: expected \(end)")
    }
  }

  static func encoded(_ tensors: [(name: String, shape: [Int])], metadata: [String: String]) -> Data {
    var fields: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      fields.append(
        quoted(metadataKey) + ":{"
          + texts.map { quoted($0.key) + ":" + quoted($0.value) }.joined(separator: ",") + "}")
    }
    var offset = 0
    for (name, shape) in tensors {
      let end = offset + 4 * shape.reduce(1, *)
      let extents = shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(extents)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    let json = "{" + fields.joined(separator: ",") + "}"
    return Data(json.utf8) + Data(repeating: UInt8(ascii: " "), count: (8 - json.utf8.count % 8) % 8)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
