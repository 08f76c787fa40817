import Images
import Testing

@testable import Figures

@Suite struct ChartForestPlotTests {
  private let chart = Chart.forestPlot(
    caption: FigureCaption(title: ""),
    networks: [
      .init(name: "network 1", value: 0.05, interval: 0.01...0.09), .init(name: "network 2", value: -0.03),
    ], mean: .init(name: "mean", value: 0.01, interval: -0.02...0.04), margin: 0.1, axis: "Δ")

  @Test("Networks and mean stand at their differences, in their rows, with their numbers")
  func marks() {
    let reading = ChartReading(chart)
    let networks = reading.marks(Chart.Role.neurons.colour)
    expectRead(networks.map { reading.x($0.x) }, [0.05, -0.03], within: 0.001)
    #expect(networks.map(reading.row) == ["network 1", "network 2"])
    #expect(networks.map(reading.number) == ["+0.050 [+0.010, +0.090]", "−0.030"])
    let mean = reading.marks(Style.ink, .diamond)
    expectRead(mean.map { reading.x($0.x) }, [0.01], within: 0.001)
    #expect(mean.map(reading.row) == ["mean"] && mean.map(reading.number) == ["+0.010 [−0.020, +0.040]"])
    expectRead(reading.lines(Style.ink)[0].map { reading.x($0.x) }, [-0.02, 0.04], within: 0.001)
  }

  @Test("The grey band reaches from −margin to the margin and is named")
  func band() {
    let reading = ChartReading(chart)
    let band = reading.areas(.grey(0xE8))[0]
    expectRead([reading.x(band[0].x), reading.x(band[1].x)], [-0.1, 0.1], within: 0.001)
    #expect(chart.sketch.texts.contains { $0.text == "margin ±0.1" })
  }
}
