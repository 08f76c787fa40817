import Foundation
import Storage
import Testing

@testable import Images

@Suite struct JPEGFileTests {
  @Test(
    "Grey, colour, subsampled and progressive files decode as Pillow does",
    arguments: Fixture.jpegs.filter { $0.name != "cmyk" })
  func decodes(fixture: Fixture) throws {
    let found = try JPEGFile.decode(fixture.file, file: someFile)
    let expected = fixture.bitmap
    #expect(
      (found.width, found.height, found.channels) == (expected.width, expected.height, expected.channels))
    let differences = zip(found.samples, expected.samples).map { abs(Int($0) - Int($1)) }
    // Decoders may round the transform differently, by one or two levels.
    #expect(differences.allSatisfy { $0 <= 2 }, "largest difference \(differences.max() ?? 0)")
    #expect(try ImageFile.decode(fixture.file, file: someFile) == found)
  }

  @Test("What is written at quality 100 comes back within 2 levels", arguments: [1, 3])
  func roundTrip(channels: Int) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "image.jpg")
      let values = (0..<32 * 32 * channels).map { UInt8(128 + 100 * sin(Double($0 / channels % 32) / 5)) }
      let bitmap = Bitmap(width: 32, height: 32, channels: channels, samples: values)
      try JPEGFile.write(bitmap, quality: 100, to: file)
      let found = try JPEGFile.read(file)
      #expect((found.width, found.height, found.channels) == (32, 32, channels))
      #expect(zip(found.samples, bitmap.samples).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }
  }

  @Test("CMYK is refused by name")
  func cmyk() {
    #expect(
      throws: FileError(file: someFile, problem: "is a CMYK image: expected grey or RGB; convert it first")
    ) {
      try JPEGFile.decode(Fixture.jpeg("cmyk").file, file: someFile)
    }
  }

  @Test(
    "A file cut anywhere is refused, or is of one scan and has all its pixels and a note",
    arguments: ["grey", "rgb-420", "rgb-progressive"])
  func truncated(name: String) throws {
    let file = Fixture.jpeg(name).file
    let whole = try JPEGFile.decode(file, file: someFile)
    var wholeCount = 0
    for length in 0..<file.count {
      guard let read = try? JPEGFile.decodeWithNotes(file.prefix(length), file: someFile) else { continue }
      #expect(read.bitmap == whole && read.notes.count == 1, "\(length) of \(file.count) bytes")
      wholeCount += 1
    }
    // Of one scan the end mark, and at most what fills the last byte of the data; of several, one may be missing.
    #expect(name == "rgb-progressive" ? wholeCount == 0 : (1...3).contains(wholeCount), "\(wholeCount)")
  }

  @Test("No changed byte crashes the reader")
  func changedByte() {
    let file = Fixture.jpeg("rgb-444").file
    for position in file.indices {
      var changed = file
      changed[position] ^= 0x55
      do {
        // A JPEG has no checksums: some changes only alter pixels.
        _ = try JPEGFile.decode(changed, file: someFile)
      } catch {
        #expect(error is FileError)
      }
    }
  }

  @Test("A header that announces 65,500 × 65,500 pixels is refused")
  func huge() throws {
    var file = Fixture.jpeg("grey").file
    let frame = try #require(file.range(of: Data([0xFF, 0xC0, 0x00, 0x0B])))
    file.replaceSubrange(frame.upperBound + 1..<frame.upperBound + 5, with: [0xFF, 0xDC, 0xFF, 0xDC])
    #expect(
      throws: FileError(file: someFile, problem: "has 65500×65500 pixels, more than the limit of 67108864")
    ) {
      try JPEGFile.decode(file, file: someFile)
    }
  }

  @Test("Other content is refused by name")
  func otherContent() {
    #expect(throws: FileError(file: someFile, problem: "is empty: expected a JPEG image")) {
      try JPEGFile.decode(Data(), file: someFile)
    }
    #expect(throws: FileError(file: someFile, problem: "is neither a PNG nor a JPEG image")) {
      try ImageFile.decode(Data("<svg/>".utf8), file: someFile)
    }
  }
}
