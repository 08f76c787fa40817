import Foundation
import Testing

@testable import Storage

@Suite struct ForeignFileTests {
  private static let pointer = """
    version https://git-lfs.github.com/spec/v1
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
    size 12345

    """

  @Test("A pointer in the place of a file is told by every reader, with the command that fetches the file")
  func pointers() throws {
    try withTemporaryFolder { folder in
      for (text, command) in [
        (Self.pointer, "git lfs pull"),
        (
          "/annex/objects/SHA256E-s31390--f50d7ac4c6b9031379986bc362fcefb65f1e52621ce1708d537e740fefc59cc0.mp3\n",
          "git annex get"
        ),
      ] {
        let file = folder.appending(path: "file")
        try AtomicFile.write(text, to: file)
        for read in [
          { _ = try FileContents.read(file) }, { _ = try SafetensorsFile(contentsOf: file) },
          { _ = try NPYFile(contentsOf: file) }, { _ = try JSONFile.read(Int.self, from: file) },
        ] {
          let error = #expect(throws: FileError.self) { try read() }
          #expect(error?.problem.hasSuffix(command) == true, "\(String(describing: error))")
        }
      }
    }
  }

  @Test("A longer text that begins like a pointer is one")
  func text() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      let text = Self.pointer + String(repeating: "x", count: 1024)
      try AtomicFile.write(text, to: file)
      #expect(try FileContents.read(file) == Data(text.utf8))
    }
  }

  @Test(
    "What is saved by another program is told by its kind",
    arguments: [
      ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], "is a Python pickle"),
      (Array("PK\u{03}\u{04}\u{14}\u{00}\u{06}\u{00}".utf8), "is a zip archive"),
      ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "is an HDF5 file"),
      (Array("<!DOCTYPE html>".utf8), "is a web page"),
    ] as [([UInt8], String)])
  func kinds(start: [UInt8], problem: String) throws {
    let data = Data(start + [UInt8](repeating: 1, count: 64))
    let file = URL(filePath: "/data/weights")
    for read in [
      { _ = try SafetensorsFile(data: data, file: file) }, { _ = try NPYFile(data: data, file: file) },
    ] {
      let error = #expect(throws: FileError.self) { try read() }
      #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    }
  }

  @Test("A safetensors file whose header is as long as two letters say is no bitmap")
  func lengths() throws {
    // 19,778 bytes of header: "BM" as a number.
    var json = Data("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".utf8)
    json += Data(repeating: 0x20, count: 0x4D42 - json.count)
    let data = Data([0x42, 0x4D, 0, 0, 0, 0, 0, 0]) + json + Data(count: 4)
    #expect(try SafetensorsFile(data: data, file: URL(filePath: "a"))["a"]?.elements == [0])
  }
}
