import Images
import Testing

@testable import Figures

@Suite struct SketchTests {
  @Test("The box of a text holds its ink, level and upright", arguments: [0, 90, 40])
  func box(degrees: Int) {
    let text = Sketch.Text(
      text: "Ågjµ κ", x: 100, baseline: 100, font: Font(.sans, size: 14), colour: .black, alignment: .centre,
      degrees: degrees)
    let canvas = Canvas(width: 400, height: 400)
    canvas.enlarged(by: 2) { canvas.draw(Sketch(shapes: [.text(text)])) }
    let drawn = canvas.bitmap
    var ink = 0
    for y in 0..<400 {
      for x in 0..<400 where drawn[x: x, y: y] != .white {
        ink += 1
        #expect(text.box.inset(by: -1).contains(Rectangle(x: x / 2, y: y / 2, width: 1, height: 1)))
      }
    }
    #expect(ink > 100)
  }

  @Test("What is clipped does not leave its rectangle")
  func clip() {
    let line = Sketch.Shape.line(
      [.init(x: 0, y: 10), .init(x: 40, y: 10)], .init(width: 2, colour: .black),
      clip: Rectangle(x: 10, y: 0, width: 10, height: 20))
    let canvas = Canvas(width: 40, height: 20)
    canvas.draw(Sketch(shapes: [line]))
    let black = (0..<40).filter { canvas.bitmap[x: $0, y: 10] == .black }
    #expect(black == Array(10..<20))
  }
}
