import Images
import Testing

@testable import Figures

@Suite struct ChartDistortionsTests {
  @Test("Bars hold the distances, the dashed line stands at the median and says so")
  func bars() throws {
    let chart = Chart.distortions(
      caption: FigureCaption(title: ""), distances: [0.5, 1.5, 1.5, 2.5, 4.5], median: 1.5, axis: "L2")
    let reading = ChartReading(chart)
    let bars = reading.areas(Chart.Role.random.colour)
    expectRead(bars.map { reading.x($0[0].x) }, [0, 1, 2, 4], within: 0.03)
    expectRead(bars.map { reading.y($0[0].y) }, [1, 2, 1, 1], within: 0.03)
    let line = try #require(reading.lines(Style.ink).first { $0[0].x == $0[1].x })
    expectRead([reading.x(line[0].x)], [1.5], within: 0.03)
    #expect(chart.sketch.texts.contains { $0.text == "median 1.50" })
  }
}
