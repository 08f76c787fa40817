import Foundation
import Images
import Testing

@testable import Figures

@Suite struct ChartLinesTests {
  private func chart(
    _ points: [Chart.Point], hasMarks: Bool = true, log: Bool = false, band: ClosedRange<Double>? = nil
  ) -> Chart {
    .lines(
      caption: FigureCaption(title: ""),
      lines: [.init(name: "a", look: .role(.neurons), points: points, hasMarks: hasMarks)],
      across: .init("x", isLogarithmic: log), up: .init("y", isLogarithmic: log), band: band)
  }

  @Test("Points of logarithmic axes are read from the decades beside them")
  func logarithmic() {
    let values = [0.002, 0.5, 30, 4000]
    let reading = ChartReading(chart(values.map { .init(x: $0, value: 1e4 * $0 * $0) }, log: true))
    let marks = reading.marks(Chart.Role.neurons.colour)
    #expect(marks.count == 4)
    for (mark, value) in zip(marks, values) {
      #expect(
        abs(reading.x(mark.x) / value - 1) < 0.03 && abs(reading.y(mark.y) / (1e4 * value * value) - 1) < 0.06
      )
    }
  }

  @Test("What is no number interrupts the line, in the picture and in the script")
  func gaps() {
    let chart = chart((0..<9).map { .init(x: Double($0), value: $0 == 4 ? .nan : 1) })
    let reading = ChartReading(chart)
    let lines = reading.lines(Chart.Role.neurons.colour)
    expectRead(
      lines.flatMap { [$0[0], $0[$0.count - 1]] }.map { reading.x($0.x) }, [0, 3, 5, 8], within: 0.05)
    #expect(reading.marks(Chart.Role.neurons.colour).count == 8)
    let script = chart.script(named: "a").script
    #expect(script.contains("every ::0::3") && script.contains("every ::5::8"))
  }

  @Test("Intervals are bars at marks, and a band about a line without marks")
  func intervals() {
    let points = (0..<3).map { Chart.Point(x: Double($0), value: 5, interval: 4...7) }
    let bars = ChartReading(chart(points))
    expectRead(bars.lines(Chart.Role.neurons.colour)[0].map { bars.y($0.y) }, [4, 7], within: 0.02)
    #expect(bars.areas(Chart.Role.neurons.colour).isEmpty)
    let band = ChartReading(chart(points, hasMarks: false))
    let area = band.areas(Chart.Role.neurons.colour)[0]
    expectRead(area.map { band.y($0.y) }, [4, 4, 4, 7, 7, 7], within: 0.02)
    expectRead(area.map { band.x($0.x) }, [0, 1, 2, 2, 1, 0], within: 0.02)
  }

  @Test("A tinted part of the axis lies between its ends")
  func strip() {
    let reading = ChartReading(chart([.init(x: 0, value: 0), .init(x: 10, value: 1)], band: 2...4))
    let strip = reading.areas(Colour(0xDDEFE6))[0]
    expectRead([reading.x(strip[0].x), reading.x(strip[1].x)], [2, 4], within: 0.03)
  }

  @Test("A class keeps its colour, darker where it would be too light for a line")
  func classes() {
    let chart = NastyCharts.tenCurves()
    let key = ClassKey(names: fashionNames)
    for index in 0..<10 {
      let colour = key.colour(index).forLines
      #expect((colour == key.colour(index)) == (index != 6) && colour.luma <= 190)
      #expect(ChartReading(chart).lines(colour).count == 1)
    }
  }
}
