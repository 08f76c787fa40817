import Images
import Testing

@testable import Figures

@Suite struct ChartCurvesTests {
  private let caption = FigureCaption(title: "")

  @Test("Points of a dose response stand at their fraction and score, with the ends of their intervals")
  func doses() {
    let points = [0.0, 0.5, 1].map { Chart.Point(x: $0, value: 2 - $0, interval: 1.5 - $0...2.2 - $0) }
    let chart = Chart.doseResponse(
      caption: caption, series: [.init(name: "a", role: .neurons, points: points)],
      levels: [.init(name: "level", value: 1.25)], axis: "κ")
    let reading = ChartReading(chart)
    let marks = reading.marks(Chart.Role.neurons.colour)
    expectRead(marks.map { reading.x($0.x) }, [0, 0.5, 1], within: 0.004)
    expectRead(marks.map { reading.y($0.y) }, [2, 1.5, 1], within: 0.01)
    let lines = reading.lines(Chart.Role.neurons.colour)
    expectRead(lines[0].map { reading.y($0.y) }, [1.5, 2.2], within: 0.01)
    #expect(lines.last?.count == 3)
    let level = reading.lines(Style.faint).first {
      $0[0].y == $0[1].y && abs(reading.y($0[0].y) - 1.25) < 0.01
    }
    #expect(level != nil && chart.sketch.texts.contains { $0.text == "level" })
  }

  @Test("Lines are drawn from left to right, each a little beside the others")
  func offsets() {
    let points = [1.0, 0].map { Chart.Point(x: $0, value: $0) }
    let chart = Chart.depth(
      caption: caption, layers: ["conv1", "conv2"],
      series: [
        .init(name: "a", role: .neurons, points: points), .init(name: "b", role: .random, points: points),
      ],
      axis: "κ")
    let reading = ChartReading(chart)
    let (one, other) = (reading.marks(Chart.Role.neurons.colour), reading.marks(Chart.Role.random.colour))
    #expect(one[0].x < one[1].x)
    #expect(zip(one, other).allSatisfy { $1.x - $0.x > 8 && $1.x - $0.x < 40 && $1.y == $0.y })
    // Each pair about the place that is named.
    let names = chart.plots[0].tickLabels.filter { $0.text.hasPrefix("conv") }.map { Double($0.x) }
    #expect(zip(names, zip(one, other)).allSatisfy { abs(($1.0.x + $1.1.x) / 2 - $0) < 1 })
  }

  @Test("Counts of top images stand on a logarithmic axis with the counts themselves as numbers")
  func counts() {
    let points = [4.0, 9, 16, 100].map { Chart.Point(x: $0, value: $0) }
    let chart = Chart.topCounts(
      caption: caption, series: [.init(name: "a", role: .random, points: points)], axis: "κ")
    let reading = ChartReading(chart)
    let marks = reading.marks(Chart.Role.random.colour)
    #expect(zip(marks, points).allSatisfy { abs(reading.x($0.x) / $1.x - 1) < 0.01 })
    #expect(chart.plots[0].across.ticks.map(\.label) == ["4", "9", "16", "100"])
  }

  @Test("Names of levels move apart upwards, and no further than they must; at the top downwards")
  func apart() {
    #expect(Chart.apart([5, 1, 1.5, 3.2], by: 1) == [5, 1, 2, 3.2])
    #expect(Chart.apart([1, 1, 1], by: 2) == [1, 3, 5])
    #expect(Chart.apart([1, 1, 1], by: 2, below: 2) == [-2, 0, 2])
    #expect(Chart.apart([0, 1, 1], by: 1, below: 2) == [0, 1, 2])
  }
}
