import Images
import Testing

@testable import Figures

@Suite struct ImageGridTests {
  private let grid = ImageGrid(
    caption: FigureCaption(title: "noise", subtitle: "10×10 grey"),
    rows: (0..<3).map { row in
      ImageGrid.Row(
        name: fashionNames[row], note: "6,000", images: (0..<(row == 1 ? 2 : 4)).map { noise(row * 10 + $0) })
    }, scale: 2)

  @Test("Images stand pixel by pixel in the order of class and number")
  func placement() throws {
    let drawn = grid.drawn()
    var last = Place(x: 0, y: 0)
    for row in grid.rows {
      for (column, image) in row.images.enumerated() {
        let found = drawn.places(of: image.enlarged(by: 2))
        try #require(found.count == 1)
        #expect(column == 0 ? found[0].y > last.y : found[0].y == last.y && found[0].x > last.x)
        last = found[0]
      }
    }
  }

  @Test("Nothing runs into the margin, and the same grid gives the same pixels")
  func margins() {
    #expect(grid.drawn().hasWhiteMargin(Style.margin - 1))
    #expect(grid.drawn() == grid.drawn())
    #expect(grid.transcript[1] == "Trouser: 2 images, 6,000")
  }
}
