import OneDNN
import Testing

@Suite struct WindowTests {
  private static let window = Window(
    kernel: (3, 5), stride: (2, 1), dilation: (1, 2), paddingBefore: (1, 0), paddingAfter: (0, 1))

  @Test("Windows are equal when every pair is, and one number makes the difference")
  func equality() {
    #expect(Self.window == Self.window)
    let fields: [WritableKeyPath<Window, (height: Int, width: Int)>] = [
      \.kernel, \.stride, \.dilation, \.paddingBefore, \.paddingAfter,
    ]
    for field in fields {
      for change in [(height: 1, width: 0), (height: 0, width: 1)] {
        var other = Self.window
        other[keyPath: field].height += change.height
        other[keyPath: field].width += change.width
        #expect(other != Self.window)
      }
    }
  }

  @Test("A window is dense unless it is told otherwise")
  func dense() {
    let window = Window(kernel: (3, 3), stride: (1, 1), paddingBefore: (0, 0), paddingAfter: (0, 0))
    #expect(window.dilation == (1, 1))
  }

  @Test("Dilation is the distance between neighbouring kernel elements, per direction")
  func dilation() throws {
    let one = try OneThread()
    // Each pixel is a power of two of its own, so a sum tells which were read.
    let source = try one.memory([1, 1, 3, 5], (0..<15).map { Float(1 << $0) })
    let weights = try one.memory([1, 1, 2, 3], Array(repeating: 1, count: 6))
    let destination = try Memory(.plain([1, 1, 2, 1]), on: one.device)
    try one.bind(
      .convolution(
        one.device, keepsForGradient: false, source: source.description, weights: weights.description,
        bias: nil, destination: destination.description,
        window: Window(
          kernel: (2, 3), stride: (1, 1), dilation: (1, 2), paddingBefore: (0, 0), paddingAfter: (0, 0)),
        activation: nil),
      [(.source, source), (.weights, weights), (.destination, destination)]
    ).execute(on: one.stream)
    let first = [0, 2, 4, 5, 7, 9].reduce(0) { $0 + Float(1 << $1) }
    #expect(destination.storage == [first, first * 32])
  }
}
