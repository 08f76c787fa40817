import Foundation
import Images
import Testing

@testable import Figures

@Suite struct ChartNullHistogramTests {
  // A bar for each of 2…9 with edges at whole numbers, two to sixteen draws high.
  private static let draws = (2...9).flatMap { [Double](repeating: Double($0) + 0.5, count: 2 * $0 - 2) }

  private func chart(_ observed: Double) -> Chart {
    .nullHistogram(
      caption: FigureCaption(title: ""), draws: Self.draws, observed: observed, observedName: "neurons",
      p: 0.1,
      axis: "κ", drawName: "rotations")
  }

  @Test("Bars are as high as their counts, between the edges of their bins")
  func bars() {
    let reading = ChartReading(chart(4.5))
    let bars = reading.areas(Chart.Role.random.colour)
    expectRead(bars.map { reading.x($0[0].x) }, (2...9).map(Double.init), within: 0.05)
    expectRead(bars.map { reading.y($0[0].y) }, (1...8).map { 2 * Double($0) }, within: 0.1)
    expectRead(bars.map { reading.y($0[3].y) }, [Double](repeating: 0, count: 8), within: 0.05)
  }

  @Test(
    "The line of the observed value stands at it, its words beside it and inside the plot",
    arguments: [1.0, 4.5, 12])
  func observedLine(observed: Double) throws {
    let chart = chart(observed)
    let reading = ChartReading(chart)
    let line = try #require(reading.lines(Chart.Role.neurons.colour).first)
    expectRead([reading.x(line[0].x)], [observed], within: 0.05)
    let texts = chart.plots[0].sketch(of: chart.numbers).texts
    let name = try #require(texts.first { $0.text == "neurons \(Numbers.threeDigits(observed))" })
    let p = try #require(texts.first { $0.text == "p = 0.100, 72 rotations" })
    let tallest = Double(reading.areas(Chart.Role.random.colour).map { $0[0].y }.min() ?? 0)
    for text in [name, p] {
      #expect(chart.plots[0].area.contains(text.box) && Double(text.box.bottom) < tallest)
      #expect(abs(Double(text.x) - line[0].x) < 10)
    }
  }

  @Test("Bins lie between multiples of an easy width and hold every draw once")
  func bins() {
    let values = (0..<999).map { sin(Double($0)) * 0.3 }
    let bins = Chart.Bins(values)
    #expect(bins.counts.reduce(0, +) == 999)
    #expect((16...40).contains(bins.counts.count))
    let width = bins.edge(1) - bins.edge(0)
    #expect(abs(width - 0.02) < 1e-12)
    for bin in bins.counts.indices {
      let inside = values.count { bins.edge(bin) <= $0 && $0 < bins.edge(bin + 1) }
      #expect(bins.counts[bin] == inside)
    }
    #expect(Chart.Bins([0.5]).counts == [1])
    #expect(Chart.Bins([3, 3, 3]).counts == [3])
  }

  @Test(
    "p is printed with digits that show it", arguments: [(1, "1.000"), (0.048, "0.048"), (0.0002, "0.0002")])
  func pText(p: Double, text: String) {
    #expect(Chart.pText(p) == text)
  }
}
