import Foundation
import Storage
import Testing

@testable import Images

/// A file with an oddity; `Fixtures/make_fixtures.py` wrote it.
private struct OddFile: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let file: Data
  /// Of the image, where there is one.
  let samples: Data?
  /// In what is noted.
  let remark: String?
  /// In what is refused.
  let problem: String?

  var testDescription: String { name }
}

@Suite struct ImageNoteTests {
  private static let odd: [OddFile] = Fixture.load("odd.json")

  @Test("What touches no pixel is noted and the image is whole; what does is refused", arguments: odd)
  private func read(_ odd: OddFile) throws {
    guard let samples = odd.samples, let remark = odd.remark else {
      let error = #expect(throws: FileError.self) {
        try ImageFile.decodeWithNotes(odd.file, file: someFile)
      }
      #expect(error?.problem.contains(odd.problem ?? "?") == true, "\(String(describing: error))")
      return
    }
    let read = try ImageFile.decodeWithNotes(odd.file, file: someFile)
    #expect(zip(read.bitmap.samples, samples).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    #expect(read.bitmap.samples.count == samples.count)
    guard case .oddity(let words) = read.notes.first, read.notes.count == 1 else {
      Issue.record("\(read.notes)")
      return
    }
    #expect(words.contains(remark), "\(words)")
  }

  @Test("Transparency over white and 16 bits rounded to 8 are noted, where there are any")
  func png() throws {
    func notes(_ name: String) throws -> Set<ImageNote> {
      try ImageFile.decodeWithNotes(Fixture.png(name).file, file: someFile).notes
    }
    #expect(try notes("rgba-8") == [.composited] && notes("grey-alpha-16") == [.composited, .rounded])
    #expect(
      try notes("rgb-16") == [.rounded] && notes("rgb-8") == [] && notes("palette-8-trns") == [.composited])
    let opaque = Bitmap(width: 1, height: 1, channels: 3, samples: [1, 2, 3])
    #expect(try ImageFile.decodeWithNotes(PNGFile.encode(opaque, file: someFile), file: someFile).notes == [])
  }
}
