import Images
import Testing

@testable import Figures

@Suite struct ChartClassSharesTests {
  @Test("Every series has a mark with its interval in the row of each class, in the order of the legend")
  func marks() {
    func shares(_ values: [Double]) -> [Chart.ClassSeries.Share] {
      values.map { .init(value: $0, interval: $0 - 0.05...$0 + 0.1) }
    }
    let chart = Chart.classShares(
      caption: FigureCaption(title: ""), classNames: ["t-shirt", "trouser"],
      series: [
        .init(name: "a", role: .random, shares: shares([0.1, 0.7])),
        .init(name: "b", role: .neurons, shares: shares([0.3, 0.5])),
      ], axis: "share")
    let reading = ChartReading(chart)
    let (one, other) = (reading.marks(Chart.Role.random.colour), reading.marks(Chart.Role.neurons.colour))
    expectRead(one.map { reading.x($0.x) }, [10, 70], within: 0.3)
    expectRead(other.map { reading.x($0.x) }, [30, 50], within: 0.3)
    #expect(
      one.map(reading.row) == ["t-shirt", "trouser"] && other.map(reading.row) == ["t-shirt", "trouser"])
    #expect(zip(one, other).allSatisfy { $1.y - $0.y >= 8 })
    expectRead(reading.lines(Chart.Role.random.colour)[0].map { reading.x($0.x) }, [5, 20], within: 0.3)
  }
}
