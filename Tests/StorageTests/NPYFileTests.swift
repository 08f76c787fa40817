import Foundation
import Storage
import Tensors
import Testing

@Suite struct NPYFileTests {
  private static let floats = NPYFile(shape: [2, 3], elements: .floats([-0.5, -0.25, 0, 0.25, 0.5, 0.75]))

  private static let written: [(String, NPYFile)] = [
    ("float32.npy", floats),
    ("scalar.npy", NPYFile(shape: [], elements: .floats([2.5]))),
    ("uint8.npy", NPYFile(shape: [2, 3], elements: .bytes([0, 50, 100, 150, 200, 250]))),
    ("int64.npy", NPYFile(shape: [3], elements: .integers([-(1 << 40), 0, 7]))),
    ("empty.npy", NPYFile(shape: [0, 3], elements: .floats([]))),
  ]

  @Test("Arrays are written as numpy.save writes them, byte for byte, and read back", arguments: written)
  func matchesNumPy(name: String, array: NPYFile) throws {
    #expect(try array.encoded() == Data(contentsOf: reference(name)))
    #expect(try NPYFile(contentsOf: reference(name)) == array)
  }

  private static let alsoRead: [(String, NPYFile)] = [
    ("float32-version2.npy", floats),
    ("bool.npy", NPYFile(shape: [2, 3], elements: .bytes([0, 1, 0, 1, 0, 1]))),
    ("int32.npy", NPYFile(shape: [3], elements: .integers([-5, 0, 7]))),
    ("int8.npy", NPYFile(shape: [3], elements: .integers([-5, 0, 7]))),
    ("uint16.npy", NPYFile(shape: [3], elements: .integers([5, 0, 65535]))),
  ]

  @Test("Other element types and version 2 are read", arguments: alsoRead)
  func reads(name: String, array: NPYFile) throws {
    let read = try NPYFile(contentsOf: reference(name))
    #expect(read.shape == array.shape && read.elements == array.elements)
    #expect(read.isBoolean == (name == "bool.npy"))
  }

  @Test(
    "A type is read however its order of bytes is spelt",
    arguments: ["<u1", "u1", "=u1", "|u1", "=f4", "f4", "<f4", "<b1"])
  func spelling(descriptor: String) throws {
    let count = descriptor.hasSuffix("f4") ? 24 : 6
    let file = Self.file(
      "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (2, 3), }", dataCount: count)
    #expect(try NPYFile(data: file, file: brokenURL).elements.count == 6)
  }

  @Test("Version 3 is read as version 2 is")
  func version3() throws {
    var file = try Data(contentsOf: reference("float32-version2.npy"))
    file[file.startIndex + 6] = 3
    #expect(try NPYFile(data: file, file: brokenURL).elements == Self.floats.elements)
  }

  @Test("A tensor comes back from a file")
  func tensor() throws {
    try withTemporaryFolder { folder in
      let tensor = Tensor(shape: [1, 2, 2], elements: [1, -2, .infinity, 0.1])
      let file = folder.appending(path: "a.npy")
      try NPYFile(tensor).write(to: file)
      #expect(try NPYFile(contentsOf: file) == NPYFile(shape: [1, 2, 2], elements: .floats(tensor.elements)))
    }
  }

  @Test(
    "A kind of array that is not read is refused with advice",
    arguments: [
      ("float64.npy", "astype(numpy.float32)"), ("big-endian.npy", "\">i4\""),
      ("fortran.npy", "ascontiguousarray"),
    ])
  func advises(name: String, advice: String) {
    let error = #expect(throws: FileError.self) { try NPYFile(contentsOf: reference(name)) }
    #expect(error?.file == reference(name))
    #expect(error?.problem.contains(advice) == true)
  }

  /// A file of version 1 with this dictionary and this many bytes of data.
  private static func file(_ dictionary: String, dataCount: Int = 24) -> Data {
    let header = dictionary + "\n"
    return Data(
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
      + Data(header.utf8) + Data(count: dataCount)
  }

  private static func shaped(_ shape: String) -> Data {
    file("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }")
  }

  private static let whole = floats.encoded()
  private static let broken: [BrokenFile] = [
    BrokenFile("an empty file", Data(), "is empty"),
    BrokenFile("another magic", whole.replacing(at: 0, with: [0x94]), "wrong magic"),
    BrokenFile("only a magic", whole.prefix(8), "is truncated"),
    BrokenFile("version 4", whole.replacing(at: 6, with: [4]), "version 4.0: expected 1.0, 2.0 or 3.0"),
    BrokenFile("half a header", whole.prefix(60), "expected an .npy header of 118 bytes, found 50"),
    BrokenFile(
      "a header of 4 GB", whole.replacing(at: 6, with: [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
      "claims an .npy header of 4294967295"),
    BrokenFile(
      "too few elements", whole.dropLast(1), "is truncated: shape [2, 3] of <f4 needs 24 bytes, found 23"),
    BrokenFile("too many elements", whole + [0], "is too long: shape [2, 3] of <f4 needs 24 bytes, found 25"),
    BrokenFile("no dictionary", file("[1, 2]"), "unreadable .npy header"),
    BrokenFile("an unfinished dictionary", file("{'descr': '<f4', "), "unreadable .npy header"),
    BrokenFile("a missing key", file("{'descr': '<f4', 'shape': (2, 3)}"), "unreadable .npy header"),
    BrokenFile(
      "a repeated key", file("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}"),
      "unreadable .npy header"),
    BrokenFile(
      "an unknown key", file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}"),
      "unreadable .npy header"),
    BrokenFile(
      "structured elements", file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 3)}"),
      "unreadable .npy header"),
    BrokenFile(
      "objects", file("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}"),
      "holds elements of type \"|O\""),
    BrokenFile("a negative extent", shaped("(-2, 3)"), "unreadable .npy header"),
    BrokenFile("an extent beyond Int", shaped("(99999999999999999999,)"), "unreadable .npy header"),
    BrokenFile("a product beyond Int", shaped("(4294967296, 4294967296)"), "impossible shape"),
    BrokenFile(
      "a product beyond Int beside a zero", shaped("(0, 4294967296, 4294967296)"), "impossible shape"),
    BrokenFile("bytes beyond Int", shaped("(4611686018427387904,)"), "impossible shape"),
    BrokenFile("a huge shape", shaped("(1000000000, 1000)"), "needs 4000000000000 bytes, found 24"),
    BrokenFile("a number as shape", shaped("(6)"), "unreadable .npy header"),
    BrokenFile("text behind the dictionary", shaped("(2, 3)} {"), "unreadable .npy header"),
    BrokenFile("a header beyond ASCII", file("{'descr': 'é'}"), "unreadable .npy header"),
    BrokenFile(
      "a boolean of 2", file("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}", dataCount: 0) + [2],
      "holds 2 at element 0"),
  ]

  @Test("A broken .npy file is refused with one sentence", arguments: broken)
  func refuses(broken: BrokenFile) {
    expectRefusal(of: broken) { _ = try NPYFile(data: $0, file: $1) }
  }
}
