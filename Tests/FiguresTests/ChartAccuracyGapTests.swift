import Images
import Testing

@testable import Figures

@Suite struct ChartAccuracyGapTests {
  @Test("Pairs stand at gap and error, each beside its name")
  func points() {
    let points: [Chart.LabelledPoint] = [
      .init(x: -1, value: 20, interval: 15...30, label: "a → b"), .init(x: 2, value: 60, label: "b → a"),
    ]
    let chart = Chart.accuracyGap(caption: FigureCaption(title: ""), points: points)
    let reading = ChartReading(chart)
    let marks = reading.marks(Chart.Role.random.colour)
    expectRead(marks.map { reading.x($0.x) }, [-1, 2], within: 0.02)
    expectRead(marks.map { reading.y($0.y) }, [20, 60], within: 0.3)
    #expect(marks.map { reading.text(at: .init(x: $0.x + 20, y: $0.y)) } == ["a → b", "b → a"])
    expectRead(reading.lines(Colour(0x9CC3DE))[0].map { reading.y($0.y) }, [15, 30], within: 0.3)
  }

  @Test("Where names would overlap some are left out, and the chart says how many")
  func crowded() {
    let points = (0..<40).map { Chart.LabelledPoint(x: 1, value: 50 + Double($0) / 100, label: "pair \($0)") }
    let chart = Chart.accuracyGap(caption: FigureCaption(title: ""), points: points)
    let shown = chart.sketch.texts.count { $0.text.hasPrefix("pair ") }
    #expect(shown > 0 && shown < 40)
    #expect(chart.sketch.texts.contains { $0.text.hasPrefix("\(40 - shown) of 40 pairs have no name here") })
    #expect(ChartReading(chart).marks(Chart.Role.random.colour).count == 40)
  }
}
