import Testing

@testable import Images

@Suite struct CanvasTests {
  private let picture = Bitmap(width: 2, height: 2, channels: 3, samples: Array(1...12))

  @Test("A bitmap lands pixel by pixel where it was put, enlarged, and nothing else changes")
  func bitmapPlacement() {
    let canvas = Canvas(width: 9, height: 8, background: .grey(200))
    canvas.draw(picture, x: 3, y: 2, scale: 2)
    let drawn = canvas.bitmap
    for row in 0..<8 {
      for column in 0..<9 {
        let isInside = (2..<6).contains(row) && (3..<7).contains(column)
        let source = ((row - 2) / 2 * 2 + (column - 3) / 2) * 3
        let expected = isInside ? Array(picture.samples[source..<source + 3]) : [200, 200, 200]
        #expect(drawn[row, column] == expected)
      }
    }
  }

  @Test("What does not fit on the canvas is left out", arguments: [(-1, -1), (8, 7), (-5, 3), (40, 40)])
  func clipping(x: Int, y: Int) {
    let canvas = Canvas(width: 9, height: 8)
    canvas.draw(picture, x: x, y: y, scale: 2)
    #expect((canvas.bitmap.width, canvas.bitmap.height) == (9, 8))
  }

  @Test("Rectangles and frames have sharp edges at whole pixels")
  func shapes() {
    let canvas = Canvas(width: 8, height: 8)
    canvas.fill(Rectangle(x: 1, y: 1, width: 2, height: 1), Colour(0x123456))
    canvas.frame(Rectangle(x: 3, y: 3, width: 5, height: 5), .black, thickness: 2)
    let drawn = canvas.bitmap
    #expect(drawn[1, 1] == [0x12, 0x34, 0x56])
    #expect(drawn[1, 3] == [255, 255, 255])
    #expect(drawn[3, 3] == [0, 0, 0])
    #expect(drawn[4, 4] == [0, 0, 0])
    #expect(drawn[5, 5] == [255, 255, 255])
    #expect(drawn[2, 2] == [255, 255, 255])
  }

  @Test("Text stays inside the width it measures, at each alignment", arguments: [11, 12, 15])
  func textExtent(size: Int) {
    let font = Font(.sans, size: size)
    let width = font.width(of: "Ankle boot 0.97")
    for (alignment, x) in [(Canvas.Alignment.left, 50), (.centre, 50 + width / 2), (.right, 50 + width)] {
      let canvas = Canvas(width: width + 100, height: 40)
      canvas.draw("Ankle boot 0.97", x: x, baseline: 25, font: font, alignment: alignment)
      let drawn = canvas.bitmap
      let inked = (0..<drawn.width).filter { column in
        (0..<drawn.height).contains { drawn[$0, column] != [255, 255, 255] }
      }
      #expect(!inked.isEmpty)
      #expect(inked.allSatisfy { (50..<50 + width).contains($0) }, "\(alignment)")
    }
  }

  @Test("Truncation keeps what fits, ends in an ellipsis and changes nothing that fits")
  func truncation() {
    let font = Font(.sans, size: 11)
    let name = "Oncorhynchus tshawytscha"
    #expect(font.truncated(name, toWidth: font.width(of: name)) == name)
    let short = font.truncated(name, toWidth: 60)
    #expect(short.hasSuffix("…") && name.hasPrefix(short.dropLast()))
    #expect(font.width(of: short) <= 60)
    #expect(font.truncated(name, toWidth: 2) == "")
  }

  @Test("Wrapping loses no word and exceeds no line")
  func wrapping() {
    let font = Font(.sans, size: 11)
    let text = "one two three four five six seven\nnew paragraph"
    let lines = font.wrapped(text, toWidth: 70)
    #expect(lines.joined(separator: " ") == text.replacing("\n", with: " "))
    #expect(lines.allSatisfy { font.width(of: $0) <= 70 })
    #expect(lines.contains { $0.hasPrefix("new") })
  }

  @Test("Two canvases given the same calls are equal")
  func deterministic() {
    func drawn() -> Bitmap {
      let canvas = Canvas(width: 120, height: 40)
      canvas.hatch(Rectangle(x: 2, y: 2, width: 30, height: 30))
      canvas.draw("κ 0.71 ± …", x: 36, baseline: 20, font: Font(.mono, size: 12, isBold: true))
      canvas.fill(polygon: [(100, 1), (110, 1), (110, 11)], Colour(0xD0021B))
      return canvas.bitmap
    }
    #expect(drawn() == drawn())
  }

  @Test("Threads that draw and measure text at the same time get the same pictures")
  func severalThreads() async {
    @Sendable func drawn(_ size: Int) -> Bitmap {
      let canvas = Canvas(width: 200, height: 40)
      for (index, word) in ["Ankle boot", "κ 0.71", "9/9 Bag"].enumerated() {
        let font = Font(index == 1 ? .mono : .sans, size: size + index)
        canvas.draw(word, x: 190, baseline: 12 * (index + 1), font: font, alignment: .right)
      }
      return canvas.bitmap
    }
    let alone = (8..<48).map(drawn)
    let together = await withTaskGroup(of: (Int, Bitmap).self) { group in
      for round in 0..<8000 { group.addTask { (round % 40, drawn(8 + round % 40)) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(together.count == 8000)
    #expect(together.allSatisfy { $0.1 == alone[$0.0] })
  }
}

extension Bitmap {
  /// Samples of one pixel.
  fileprivate subscript(row: Int, column: Int) -> [UInt8] {
    let start = (row * width + column) * channels
    return Array(samples[start..<start + channels])
  }
}
