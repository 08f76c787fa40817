import Images
import Testing

@testable import Figures

@Suite struct ChartCertifiedAccuracyTests {
  @Test("Certified accuracy is steps to the end of the axis, accuracy under attack marks with intervals")
  func curves() {
    let chart = Chart.certifiedAccuracy(
      caption: FigureCaption(title: ""),
      curves: [
        .init(
          name: "σ", role: .random, steps: [.init(x: 0, value: 0.8), .init(x: 0.6, value: 0.2)],
          attacked: [.init(x: 0.5, value: 0.7, interval: 0.6...0.75)]),
        .init(name: "none", role: .neurons, attacked: [.init(x: 0.5, value: 0.3)]),
      ], largest: 1, axis: "radius")
    let reading = ChartReading(chart)
    let lines = reading.lines(Chart.Role.random.colour)
    expectRead(lines[0].map { reading.x($0.x) }, [0, 0.6, 0.6, 1, 1], within: 0.005)
    expectRead(lines[0].map { reading.y($0.y) }, [80, 80, 20, 20, 20], within: 0.5)
    expectRead(lines[1].map { reading.y($0.y) }, [60, 75], within: 0.5)
    let (one, other) = (
      reading.marks(Chart.Role.random.colour)[0], reading.marks(Chart.Role.neurons.colour)[0]
    )
    expectRead([one, other].map { reading.y($0.y) }, [70, 30], within: 0.5)
    // On either side of the radius.
    expectRead([reading.x((one.x + other.x) / 2)], [0.5], within: 0.005)
    #expect(one.x < other.x)
  }
}
