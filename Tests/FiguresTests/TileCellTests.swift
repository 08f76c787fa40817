import Images
import Testing

@testable import Figures

@Suite struct TileCellTests {
  @Test(
    "The frame of a black image can be seen, whatever its colour",
    arguments: ClassKey.palette + [.black, .white])
  func frame(colour: Colour) {
    let cell = TileCell(imageWidth: 4, imageHeight: 4, scale: 2)
    let canvas = Canvas(width: 20, height: 20)
    let image = Bitmap(width: 4, height: 4, channels: 1, samples: [UInt8](repeating: 0, count: 16))
    cell.draw(image, on: canvas, x: 4, y: 4, frame: colour)
    let drawn = canvas.bitmap
    // From the left: paper, frame of two pixels, image.
    let row = (3..<8).map { drawn[x: $0, y: 10] }
    #expect(row[1] == colour && row[3] == .black)
    #expect(abs(row[2].luma - row[3].luma) > 30, "the frame runs into the image")
  }
}
