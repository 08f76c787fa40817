import Testing

@testable import Images

@Suite struct CanvasLinesTests {
  private func pixels(_ width: Int, _ height: Int, _ draw: (Canvas) -> Void) -> (Int, Int) -> Colour {
    let canvas = Canvas(width: width, height: height)
    draw(canvas)
    let bitmap = canvas.bitmap
    return { x, y in
      let start = (y * width + x) * 3
      return Colour(
        red: bitmap.samples[start], green: bitmap.samples[start + 1], blue: bitmap.samples[start + 2])
    }
  }

  @Test("A line covers half its width on each side, in dashes and gaps")
  func stroke() {
    let at = pixels(20, 6) {
      $0.stroke([.init(x: 0, y: 3), .init(x: 20, y: 3)], width: 2, dash: [4, 2], .black)
    }
    #expect((0..<20).map { at($0, 2) == .black } == (0..<20).map { $0 % 6 < 4 })
    #expect((0..<6).map { at(1, $0) == .black } == [false, false, true, true, false, false])
  }

  @Test("An area of less than full opacity lets through what is below it")
  func opacity() {
    let at = pixels(4, 4) {
      $0.fill(
        area: [.init(x: 0, y: 0), .init(x: 4, y: 0), .init(x: 4, y: 4), .init(x: 0, y: 4)], .black,
        opacity: 0.2)
    }
    #expect(at(1, 1) == .grey(204))
  }

  @Test("A circle reaches as far as its radius")
  func circle() {
    let at = pixels(21, 21) { $0.circle(at: .init(x: 10.5, y: 10.5), radius: 5, .black) }
    #expect(at(10, 10) == .black && at(10, 6) == .black && at(10, 4) == .white && at(5, 5) == .white)
  }

  @Test("Enlarged, everything is twice as far from the corner and twice as large; afterwards it is not")
  func enlarged() {
    let at = pixels(20, 20) { canvas in
      canvas.enlarged(by: 2) { canvas.fill(Rectangle(x: 2, y: 3, width: 1, height: 1), .black) }
      canvas.fill(Rectangle(x: 0, y: 0, width: 1, height: 1), .black)
    }
    #expect([(4, 6), (5, 6), (4, 7), (5, 7), (0, 0)].allSatisfy { at($0.0, $0.1) == .black })
    #expect(at(3, 6) == .white && at(6, 6) == .white && at(1, 1) == .white)
  }

  @Test("Turned by 90 degrees what went right goes up")
  func turned() {
    let at = pixels(20, 20) { canvas in
      canvas.turned(by: 90, about: .init(x: 10, y: 10)) {
        canvas.fill(Rectangle(x: 0, y: 0, width: 8, height: 1), .black)
      }
    }
    #expect((2..<10).allSatisfy { at(10, $0) == .black } && at(10, 10) == .white && at(12, 10) == .white)
  }
}
