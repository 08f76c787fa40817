import Foundation
import Storage
import Tensors
import Testing

@testable import Datasets

@Suite struct ImageSketchTests {
  /// Images of 2×2 pixels, each of another number.
  private func images(_ numbers: some Sequence<Int>) -> LabelledImages {
    let numbers = Array(numbers)
    return LabelledImages(
      shape: ImageShape(channels: 1, height: 2, width: 2),
      pixels: .bytes(numbers.flatMap { [UInt8($0 & 255), UInt8($0 >> 8 & 255), UInt8($0 >> 16), 7] }),
      labels: numbers.map { _ in 0 }, classNames: ["a"])
  }

  @Test("Few images are all known again, others are not, and what was held out as well is left out")
  func few() {
    let sketch = ImageSketch(of: images(0..<100), without: images([3, 200]))
    #expect(sketch.imageCount == 100 && sketch.knownCount == 99)
    #expect(sketch.known(among: images([500, 0, 3, 99, 100])) == [1, 3])
  }

  @Test("Of many images as large a share is known as is kept, and no other")
  func many() {
    let sketch = ImageSketch(of: images(0..<20_000), without: images([]))
    #expect(sketch.knownCount == ImageSketch.capacity)
    let found = sketch.known(among: images(10_000..<30_000))
    #expect(found.allSatisfy { $0 < 10_000 })
    // Binomial, 10,000 of 20,000 images: 512 ± 5 standard deviations of at most 16.
    #expect((432...592).contains(found.count))
  }

  @Test("Samples that are numbers are known by their bytes")
  func floats() {
    func images(_ values: [Float]) -> LabelledImages {
      LabelledImages(
        shape: ImageShape(channels: 1, height: 1, width: 1), pixels: .floats(values),
        labels: values.map { _ in 0 },
        classNames: ["a"])
    }
    let sketch = ImageSketch(of: images([0.25, 0.5]), without: images([]))
    #expect(sketch.known(among: images([0.5, 0.75])) == [0])
  }

  @Test("It is the same after it was written and read, and what cannot be is refused")
  func coding() throws {
    let file = URL(filePath: "sketch.json")
    let sketch = ImageSketch(of: images(0..<50), without: images([]))
    let data = try JSONFile.encoded(sketch, file: file)
    #expect(try JSONFile.decode(ImageSketch.self, from: data, file: file) == sketch)
    let ascending = Data([UInt8](repeating: 0, count: 7) + [1] + [UInt8](repeating: 0, count: 7) + [2])
    func read(_ count: Int, _ text: String) throws -> ImageSketch {
      try JSONFile.decode(
        ImageSketch.self, from: Data(#"{"imageCount": \#(count), "fingerprints": "\#(text)"}"#.utf8),
        file: file)
    }
    #expect(try read(2, ascending.base64EncodedString()).fingerprints == [1, 2])
    for (count, text) in [
      (1, ascending.base64EncodedString()), (2, Data(ascending.reversed()).base64EncodedString()),
      (9, "AAAA"),
      (9, "?"), (-1, ""),
    ] {
      #expect(throws: FileError.self, "\(count) \(text)") { try read(count, text) }
    }
  }
}
