import Images
import Testing

@testable import Figures

@Suite struct ChartScatterTests {
  @Test(
    "Points stand at both of their numbers, with vertical intervals; a kind without points is in the legend alone"
  )
  func points() {
    let chart = Chart.scatter(
      caption: FigureCaption(title: ""),
      clouds: [
        .init(name: "plain", role: .control, points: [.init(x: 81, value: 1.1), .init(x: 79, value: 1)]),
        .init(name: "none", role: .random, points: []),
        .init(name: "noise", role: .neurons, points: [.init(x: 86, value: 1.9, interval: 1.8...2.1)]),
      ], across: "accuracy", up: "distance")
    let reading = ChartReading(chart)
    let plain = reading.marks(Chart.Role.control.colour, .diamond)
    expectRead(plain.map { reading.x($0.x) }, [81, 79], within: 0.05)
    expectRead(plain.map { reading.y($0.y) }, [1.1, 1], within: 0.01)
    expectRead(reading.lines(Chart.Role.neurons.colour)[0].map { reading.y($0.y) }, [1.8, 2.1], within: 0.01)
    #expect(
      reading.marks(Chart.Role.random.colour).isEmpty
        && chart.surroundings.texts.contains { $0.text == "none" })
  }
}
