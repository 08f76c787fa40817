import Testing

@testable import Images

@Suite struct BitmapTests {
  @Test("Pixel values round to the nearest sample and are clamped to [0, 1]")
  func rounding() {
    let values: [Float] = [0, 1, -0.5, 1.5, 0.5, 1.4 / 255, 1.6 / 255, 254.6 / 255]
    let bitmap = Bitmap(planar: values, channels: 1, height: 2, width: 4)
    #expect(bitmap.samples == [0, 255, 0, 255, 128, 1, 2, 255])
  }

  @Test("Every sample survives the way to a pixel value and back")
  func everySample() {
    let bitmap = Bitmap(width: 16, height: 16, channels: 1, samples: Array(0...255))
    #expect(Bitmap(planar: bitmap.planarValues, channels: 1, height: 16, width: 16) == bitmap)
  }

  @Test("Planar red, green, blue become interleaved pixels and come apart again")
  func planar() {
    let planar: [Float] = [1, 2, 3, 4, 5, 6].map { Float($0) / 255 }
    let bitmap = Bitmap(planar: planar, channels: 3, height: 1, width: 2)
    #expect(bitmap.samples == [1, 3, 5, 2, 4, 6])
    #expect(bitmap.planarSamples == [1, 2, 3, 4, 5, 6])
    #expect(bitmap.planarValues == planar)
  }

  @Test("Enlarging by n repeats every pixel n × n times")
  func enlarging() {
    let bitmap = Bitmap(width: 2, height: 2, channels: 3, samples: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    let large = bitmap.enlarged(by: 3)
    #expect((large.width, large.height) == (6, 6))
    for row in 0..<6 {
      for column in 0..<6 {
        let (new, old) = ((row * 6 + column) * 3, (row / 3 * 2 + column / 3) * 3)
        #expect(Array(large.samples[new..<new + 3]) == Array(bitmap.samples[old..<old + 3]))
      }
    }
  }

  @Test("Grey to colour and back is the identity; luma has the weights of BT.601")
  func greyAndColour() {
    let grey = Bitmap(width: 16, height: 16, channels: 1, samples: Array(0...255))
    #expect(grey.rgb.channels == 3)
    #expect(grey.rgb.grey == grey)
    let primaries = Bitmap(width: 3, height: 1, channels: 3, samples: [255, 0, 0, 0, 255, 0, 0, 0, 255])
    #expect(primaries.grey.samples == [76, 150, 29])
  }

  @Test("Area average: halves are block means, uneven sizes weight by overlap, sizes may grow")
  func resizing() {
    let four = Bitmap(width: 4, height: 2, channels: 1, samples: [0, 10, 20, 30, 40, 50, 60, 70])
    #expect(four.resized(width: 2, height: 1).samples == [25, 45])
    // 3 pixels to 2: each new pixel covers 1.5 old ones.
    let three = Bitmap(width: 3, height: 1, channels: 1, samples: [0, 90, 240])
    #expect(three.resized(width: 2, height: 1).samples == [30, 190])
    #expect(three.resized(width: 6, height: 2).samples == [0, 0, 90, 90, 240, 240, 0, 0, 90, 90, 240, 240])
    #expect(three.resized(width: 3, height: 1) == three)
  }

  @Test("A flat image stays flat at any size", arguments: [(1, 1), (7, 3), (5, 11), (28, 28), (31, 2)])
  func flat(width: Int, height: Int) {
    let white = Bitmap(width: 5, height: 7, channels: 3, samples: [UInt8](repeating: 255, count: 105))
    #expect(white.resized(width: width, height: height).samples.allSatisfy { $0 == 255 })
  }
}
