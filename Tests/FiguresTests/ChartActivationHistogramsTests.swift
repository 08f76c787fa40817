import Images
import Testing

@testable import Figures

@Suite struct ChartActivationHistogramsTests {
  private func chart(_ count: Int, _ scale: Chart.CountScale = .linear) -> Chart {
    .activationHistograms(
      caption: FigureCaption(title: ""),
      panels: (0..<count).map {
        .init(
          title: "unit \($0)", note: "note \($0)", bounds: 0...4, counts: [10, $0 + 1, 0, 5], mark: 3.5,
          role: .neurons)
      }, axis: "activation", countScale: scale)
  }

  @Test(
    "Bars are as high as their counts, on a linear and on a logarithmic scale; the mark stands at its value",
    arguments: Chart.CountScale.allCases)
  func bars(scale: Chart.CountScale) throws {
    let chart = chart(2, scale)
    let (first, second) = (ChartReading(chart), ChartReading(chart, plot: 1))
    let bars = first.areas(Chart.Role.neurons.colour)
    expectRead(bars.map { first.x($0[0].x) }, [0, 1, 3], within: 0.05)
    expectRead(bars.map { first.y($0[0].y) }, [10, 1, 5], within: 0.15)
    // The numbers of the other panel are those of the first.
    expectRead(second.areas(Chart.Role.neurons.colour).map { first.y($0[0].y) }, [10, 2, 5], within: 0.15)
    let mark = try #require(first.lines(Style.ink).first)
    expectRead([first.x(mark[0].x)], [3.5], within: 0.05)
  }

  @Test("Few panels are large, many are small, and each has its title", arguments: [1, 2, 4, 5, 9, 10, 40])
  func sizes(count: Int) {
    let chart = chart(count)
    #expect(chart.plots.count == count && chart.width <= 810)
    let titles = chart.sketch.texts.map(\.text).filter { $0.hasPrefix("unit ") }
    #expect(titles == (0..<count).map { "unit \($0)" })
    let widths = Set(chart.plots.map(\.area.width))
    #expect(widths.count == 1 && widths.allSatisfy { $0 >= 130 && (count > 1 || $0 > 400) })
    for (number, plot) in chart.plots.enumerated() {
      #expect(!chart.plots.dropFirst(number + 1).contains { $0.area.overlaps(plot.area) })
    }
  }
}
