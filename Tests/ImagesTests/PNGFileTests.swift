import Foundation
import Storage
import Testing

@testable import Images

@Suite struct PNGFileTests {
  @Test(
    "Every colour type, depth, interlacing and transparency gives the samples of the definition",
    arguments: Fixture.pngs)
  func decodes(fixture: Fixture) throws {
    #expect(try PNGFile.decode(fixture.file, file: someFile) == fixture.bitmap)
  }

  @Test("What is written is read back", arguments: [1, 3])
  func roundTrip(channels: Int) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "ü image.png")
      let bitmap = Bitmap(
        width: 7, height: 5, channels: channels, samples: (0..<35 * channels).map { UInt8($0 * 37 % 256) })
      try PNGFile.write(bitmap, to: file)
      #expect(try PNGFile.read(file) == bitmap)
      #expect(try ImageFile.read(file) == bitmap)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }
  }

  @Test("Text comes back in order, Latin-1 and beyond, with line breaks")
  func text() throws {
    let text = [
      (key: "Title", value: "Neurons and directions"), (key: "Comment", value: "naïve\nsecond line"),
      (key: "Description", value: "κ = 0.71, ⟨φ(x), v⟩"), (key: "Software", value: ""),
      (key: "Comment", value: "again"),
    ]
    let bitmap = Bitmap(width: 1, height: 1, channels: 1, samples: [9])
    let data = try PNGFile.encode(bitmap, text: text, file: someFile)
    let found = try PNGFile.decodeText(data, file: someFile)
    #expect(found.map(\.key) == text.map(\.key))
    #expect(found.map(\.value) == text.map(\.value))
    #expect(data.range(of: Data("tEXtTitle\0Neurons".utf8)) != nil)
    #expect(data.range(of: Data("iTXtDescription\0".utf8)) != nil)
  }

  @Test("The same bitmap and text give the same bytes, without a time chunk")
  func deterministic() throws {
    let bitmap = Fixture.png("rgb-8").bitmap
    let first = try PNGFile.encode(bitmap, text: [("Title", "one")], file: someFile)
    #expect(try PNGFile.encode(bitmap, text: [("Title", "one")], file: someFile) == first)
    #expect(first.range(of: Data("tIME".utf8)) == nil)
  }

  @Test(
    "A file cut anywhere is refused", arguments: ["grey-1", "rgb-16-interlaced", "palette-4-trns", "rgba-8"])
  func truncated(name: String) {
    let file = Fixture.png(name).file
    for length in 0..<file.count {
      #expect(throws: FileError.self, "\(length) of \(file.count) bytes") {
        try PNGFile.decode(file.prefix(length), file: someFile)
      }
    }
  }

  @Test(
    "Any changed byte is refused: every byte is under a checksum, a length or the signature",
    arguments: [1, 0x80])
  func changedByte(bit: UInt8) {
    let file = Fixture.png("palette-8").file
    for position in file.indices {
      var changed = file
      changed[position] ^= bit
      #expect(throws: FileError.self, "byte \(position) of \(file.count)") {
        try PNGFile.decode(changed, file: someFile)
      }
    }
  }

  @Test("A palette index without a colour is refused")
  func missingColour() {
    // Two colours, 4 bits a pixel, one pixel of value 7.
    let file = png(
      width: 1, height: 1, depth: 4, colour: 3, extra: [("PLTE", [1, 2, 3, 4, 5, 6])], rows: [0, 0x70])
    #expect(
      throws: FileError(
        file: someFile, problem: "is a damaged PNG image: a pixel names a colour that the palette lacks")
    ) {
      try PNGFile.decode(file, file: someFile)
    }
  }

  @Test(
    "A small file that announces a huge image is refused before memory is taken",
    arguments: [
      (4000, 4000), (8192, 8193), (65535, 65535), (0x7FFF_FFFF, 0x7FFF_FFFF), (1, 0x7FFF_FFFF), (0, 5),
      (5, 0),
    ])
  func hugeHeader(width: Int, height: Int) {
    let file = png(width: width, height: height, depth: 8, colour: 6, rows: [0, 1, 2, 3, 4])
    #expect(throws: FileError.self) { try PNGFile.decode(file, file: someFile) }
  }

  @Test(
    "Forbidden pairs of colour type and depth are refused",
    arguments: [(2, 4), (3, 16), (1, 8), (5, 8), (0, 3)])
  func forbiddenKind(colour: Int, depth: Int) {
    let file = png(width: 1, height: 1, depth: depth, colour: colour, rows: [0, 0, 0, 0, 0, 0, 0])
    #expect(throws: FileError.self) { try PNGFile.decode(file, file: someFile) }
  }

  @Test("Errors name the file and what is wrong with it")
  func messages() throws {
    #expect(throws: FileError(file: someFile, problem: "is empty: expected a PNG image")) {
      try PNGFile.decode(Data(), file: someFile)
    }
    #expect(throws: FileError(file: someFile, problem: "is not a PNG image: its first 8 bytes differ")) {
      try PNGFile.decode(Data("GIF89a and more".utf8), file: someFile)
    }
    let file = Fixture.png("grey-8").file
    #expect(throws: FileError(file: someFile, problem: "is a damaged PNG image: the file ends too early")) {
      try PNGFile.decode(file.prefix(file.count - 1), file: someFile)
    }
    #expect(throws: FileError.self) { try PNGFile.read(URL(filePath: "/nowhere/image.png")) }
  }

  @Test("A file is left alone when its new content cannot be written")
  func unwritable() throws {
    let bitmap = Bitmap(width: 1, height: 1, channels: 1, samples: [0])
    #expect(throws: FileError.self) { try PNGFile.write(bitmap, to: URL(filePath: "/nowhere/image.png")) }
  }

  /// A PNG with correct checksums around a header of choice.
  private func png(
    width: Int, height: Int, depth: Int, colour: Int, extra: [(String, [UInt8])] = [], rows: [UInt8]
  ) -> Data {
    func bigEndian(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
    func chunk(_ kind: String, _ body: [UInt8]) -> Data {
      var checksum: UInt32 = 0xFFFF_FFFF
      for byte in Array(kind.utf8) + body {
        checksum ^= UInt32(byte)
        for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
      }
      return Data(bigEndian(body.count) + Array(kind.utf8) + body + bigEndian(Int(~checksum)))
    }
    var (low, high) = (1, 0)
    for byte in rows {
      low = (low + Int(byte)) % 65521
      high = (high + low) % 65521
    }
    let count = rows.count
    let stored =
      [0x78, 0x01, 0x01, UInt8(count), 0, UInt8(~count & 0xFF), 0xFF] + rows + bigEndian(high << 16 | low)
    let header = bigEndian(width) + bigEndian(height) + [UInt8(depth), UInt8(colour), 0, 0, 0]
    var file = Data(PNGFile.signature) + chunk("IHDR", header)
    for (kind, body) in extra { file += chunk(kind, body) }
    return file + chunk("IDAT", stored) + chunk("IEND", [])
  }

  @Test("The files made by these tests are valid but for what a test breaks")
  func madeFileIsValid() throws {
    let file = png(width: 2, height: 1, depth: 8, colour: 0, rows: [0, 12, 200])
    let expected = Bitmap(width: 2, height: 1, channels: 1, samples: [12, 200])
    #expect(try PNGFile.decode(file, file: someFile) == expected)
  }
}
