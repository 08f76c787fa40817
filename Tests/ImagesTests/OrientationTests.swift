import Foundation
import Testing

@testable import Images

@Suite struct OrientationTests {
  @Test(
    "A photograph stands as Pillow turns it, for each orientation in either byte order, a JPEG and a PNG",
    arguments: Fixture.turned)
  func turned(_ fixture: Fixture) throws {
    let read = try ImageFile.decodeWithNotes(fixture.file, file: someFile)
    #expect(
      (read.bitmap.width, read.bitmap.height, read.bitmap.channels)
        == (fixture.width, fixture.height, fixture.channels))
    // Decoders may round the transform differently, by one or two levels.
    #expect(zip(read.bitmap.samples, fixture.bitmap.samples).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    #expect(read.notes == (fixture.name.hasPrefix("1") ? [] : [.turned]))
    #expect(try ImageFile.size(of: fixture.file, file: someFile) == (fixture.width, fixture.height))
  }

  @Test("Turning moves pixels and changes none")
  func moved() {
    let stored = Bitmap(width: 2, height: 3, channels: 1, samples: [1, 2, 3, 4, 5, 6])
    let seen: [[UInt8]] = [
      [1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5], [6, 5, 4, 3, 2, 1], [5, 6, 3, 4, 1, 2],
      [1, 3, 5, 2, 4, 6], [5, 3, 1, 6, 4, 2], [6, 4, 2, 5, 3, 1], [2, 4, 6, 1, 3, 5],
    ]
    for (number, samples) in zip(1..., seen) {
      #expect(stored.turned(Orientation(number: number)).samples == samples, "\(number)")
    }
  }
}
