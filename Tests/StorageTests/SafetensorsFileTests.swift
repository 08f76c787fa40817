import Foundation
import Storage
import Tensors
import Testing

@Suite struct SafetensorsFileTests {
  private static let tensors: [(name: String, tensor: Tensor)] = [
    ("conv.bias", Tensor(shape: [2], elements: [0.5, -1.25])),
    ("conv.weight", Tensor(shape: [2, 1, 3, 2], elements: (0..<12).map { Float($0) / 8 })),
    ("scale", Tensor(shape: [], elements: [3])),
  ]

  @Test("Tensors are written as the Python package writes them, byte for byte")
  func matchesPython() throws {
    let file = SafetensorsFile(tensors: Self.tensors, metadata: ["note": "café \"quoted\" \\ tab\t"])
    #expect(try file.encoded() == Data(contentsOf: reference("float32.safetensors")))
  }

  @Test("A file of the Python package is read: names, shapes, values and metadata")
  func readsPython() throws {
    let file = try SafetensorsFile(contentsOf: reference("float32.safetensors"))
    #expect(file.tensors.map(\.name) == Self.tensors.map(\.name))
    #expect(file.tensors.map(\.tensor) == Self.tensors.map(\.tensor))
    #expect(file.metadata == ["note": "café \"quoted\" \\ tab\t"])
    #expect(file["scale"] == Tensor(shape: [], elements: [3]))
    #expect(file["absent"] == nil)
  }

  @Test("Half, bfloat16 and double become Float; integers are named and skipped")
  func mixedTypes() throws {
    let file = try SafetensorsFile(contentsOf: reference("mixed.safetensors"))
    let values: [Float] = [1, -2.5, 0.15625, 65504, 6.103515625e-05, 0]
    // bfloat16 has 8 significant bits: 65504 rounds to 65536, the others are exact.
    let brain: [Float] = [1, -2.5, 0.15625, 65536, 6.103515625e-05, 0]
    for name in ["double", "single", "half"] {
      #expect(file[name] == Tensor(shape: [2, 3], elements: values), "\(name)")
    }
    #expect(file["brain"] == Tensor(shape: [2, 3], elements: brain))
    #expect(file.skippedTensors.map(\.name) == ["num_batches_tracked"])
    #expect(file.skippedTensors.map(\.elementType) == ["I64"])
  }

  @Test("What is written is read back in the same order, with any text in names and metadata")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      let names = ["z", "a\"\\\n\u{1}", "日本 🙂", "", "empty"]
      let tensors = names.enumerated().map { index, name in
        (name: name, tensor: Tensor(repeating: Float(index), shape: name == "empty" ? [3, 0] : [index + 1]))
      }
      let metadata = ["b": "2", "a": "{\"json\": [1]}", "ü": ""]
      try SafetensorsFile(tensors: tensors, metadata: metadata).write(to: url)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.tensors.map(\.name) == names)
      #expect(file.tensors.map(\.tensor) == tensors.map(\.tensor))
      #expect(file.metadata == metadata)
      #expect(file.encoded() == SafetensorsFile(tensors: tensors, metadata: metadata).encoded())
      #expect(try Data(contentsOf: url).littleEndianHeaderLength % 8 == 0)
    }
  }

  @Test("A file without tensors is a file")
  func empty() throws {
    let file = try SafetensorsFile(data: SafetensorsFile(tensors: []).encoded(), file: brokenURL)
    #expect(file.tensors.isEmpty && file.metadata.isEmpty)
  }

  @Test(
    "NaN is refused with the tensor's name, unless allowed", arguments: [Float.nan, .infinity, -.infinity])
  func nonFinite(value: Float) throws {
    let data = SafetensorsFile(tensors: [
      ("good", Tensor(repeating: 1, shape: [2])),
      ("bad", Tensor(shape: [3], elements: [0, value, 0])),
    ]).encoded()
    expectRefusal(of: BrokenFile("NaN", data, "in tensor \"bad\", element 1")) {
      _ = try SafetensorsFile(data: $0, file: $1)
    }
    let allowed = try SafetensorsFile(data: data, file: brokenURL, nonFiniteValues: .allowed)
    #expect(allowed["bad"]?.elements[1].bitPattern == value.bitPattern)
  }

  private static func file(_ header: String, dataCount: Int) -> Data {
    file(Data(header.utf8), dataCount: dataCount)
  }

  private static func file(_ header: Data, dataCount: Int) -> Data {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + Data(count: dataCount)
  }

  private static func tensor(_ name: String, _ shape: String, _ offsets: String, type: String = "F32")
    -> String
  {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  private static let whole = SafetensorsFile(tensors: tensors).encoded()
  private static let broken: [BrokenFile] = [
    BrokenFile("an empty file", Data(), "is truncated: expected at least 8 bytes"),
    BrokenFile("seven bytes", whole.prefix(7), "found 7"),
    BrokenFile("a header beyond the file", whole.prefix(100), "is truncated: expected a header of"),
    BrokenFile(
      "a header beyond 100 MB", whole.replacing(at: 0, with: [0, 0, 0, 0x10, 0, 0, 0, 0]),
      "claims a safetensors header of 268435456 bytes"),
    BrokenFile(
      "a header of 2⁶⁴ − 1 bytes", whole.replacing(at: 0, with: [UInt8](repeating: 255, count: 8)),
      "claims a safetensors header of 18446744073709551615 bytes"),
    BrokenFile("an empty header", file("", dataCount: 0), "invalid JSON header: expected '{'"),
    BrokenFile("no object", file("[]", dataCount: 0), "invalid JSON header"),
    BrokenFile("an unfinished object", file("{", dataCount: 0), "invalid JSON header"),
    BrokenFile("text behind the object", file("{} x", dataCount: 0), "expected nothing more"),
    BrokenFile(
      "deep nesting", file(String(repeating: "{\"a\":", count: 100_000), dataCount: 0), "unknown key"),
    BrokenFile(
      "a trailing comma", file("{\(tensor("a", "[1]", "[0,4]")),}", dataCount: 4), "invalid JSON header"),
    BrokenFile("invalid UTF-8", file(Data([0x7B, 0x22, 0xFF, 0x22, 0x3A]), dataCount: 0), "not valid UTF-8"),
    BrokenFile("half a surrogate", file("{\"\\ud800\":1}", dataCount: 0), "surrogate"),
    BrokenFile("a bad escape", file("{\"\\x\":1}", dataCount: 0), "JSON escape"),
    BrokenFile("an unfinished string", file("{\"abc", dataCount: 0), "end of a string"),
    BrokenFile("data cut short", whole.dropLast(1), "ends before tensor \"scale\""),
    BrokenFile("data too long", whole + [0], "expected 60"),
    BrokenFile(
      "a name twice", file("{\(tensor("a", "[1]", "[0,4]")),\(tensor("a", "[1]", "[4,8]"))}", dataCount: 8),
      "names \"a\" twice"),
    BrokenFile(
      "metadata twice", file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", dataCount: 0),
      "names \"k\" twice"),
    BrokenFile(
      "metadata that are no text", file("{\"__metadata__\":{\"k\":1}}", dataCount: 0), "invalid JSON header"),
    BrokenFile(
      "overlapping tensors",
      file("{\(tensor("a", "[2]", "[0,8]")),\(tensor("b", "[2]", "[4,12]"))}", dataCount: 12),
      "it overlaps the one before"),
    BrokenFile(
      "a gap", file("{\(tensor("a", "[1]", "[0,4]")),\(tensor("b", "[1]", "[8,12]"))}", dataCount: 12),
      "it leaves a gap"),
    BrokenFile("a gap at the start", file("{\(tensor("a", "[1]", "[4,8]"))}", dataCount: 8), "expected 0"),
    BrokenFile("offsets beyond the file", file("{\(tensor("a", "[2]", "[0,8]"))}", dataCount: 4), "found 4"),
    BrokenFile(
      "offsets in reverse", file("{\(tensor("a", "[1]", "[4,0]"))}", dataCount: 4), "expected [begin, end]"),
    BrokenFile("one offset", file("{\(tensor("a", "[1]", "[4]"))}", dataCount: 4), "expected [begin, end]"),
    BrokenFile(
      "a negative offset", file("{\(tensor("a", "[1]", "[-4,0]"))}", dataCount: 4), "non-negative integer"),
    BrokenFile(
      "an offset beyond Int", file("{\(tensor("a", "[1]", "[0,9223372036854775808]"))}", dataCount: 4),
      "non-negative integer"),
    BrokenFile("a size that disagrees", file("{\(tensor("a", "[3]", "[0,8]"))}", dataCount: 8), "needs 12"),
    BrokenFile(
      "a product beyond Int", file("{\(tensor("a", "[4294967296,4294967296]", "[0,0]"))}", dataCount: 0),
      "impossible shape"),
    BrokenFile(
      "a fractional extent", file("{\(tensor("a", "[1.5]", "[0,4]"))}", dataCount: 4), "invalid JSON header"),
    BrokenFile(
      "an unknown element type", file("{\(tensor("a", "[1]", "[0,1]", type: "F4"))}", dataCount: 1),
      "\"F4\" in tensor \"a\", which is not supported"),
    BrokenFile(
      "a missing shape", file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", dataCount: 4), "lacks"),
    BrokenFile(
      "a double beyond Float",
      file("{\(tensor("a", "[1]", "[0,8]", type: "F64"))}", dataCount: 0)
        + withUnsafeBytes(of: 1e300.bitPattern.littleEndian) { Data($0) },
      "holds inf in tensor \"a\""),
  ]

  @Test("A broken safetensors file is refused with one sentence", arguments: broken)
  func refuses(broken: BrokenFile) {
    expectRefusal(of: broken) { _ = try SafetensorsFile(data: $0, file: $1) }
  }
}

extension Data {
  fileprivate var littleEndianHeaderLength: Int { (0..<8).reduce(0) { $0 | Int(self[$1]) << (8 * $1) } }
}
