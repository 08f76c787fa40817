import Images
import Tensors
import Testing

@testable import Figures

@Suite struct ChartSuccessRatesTests {
  private let chart = Chart.successRates(
    caption: FigureCaption(title: ""),
    groups: [
      .init(
        name: "within the budget",
        rows: [
          .init(name: "fgsm", role: .neurons, share: Proportion(250, of: 1000)),
          .init(
            name: "clusters", role: .random, share: Proportion(500, of: 1000), mean: 0.6, interval: 0.4...0.8),
        ]), .init(name: "nothing", rows: [.init(name: "none", role: .control, share: Proportion(0, of: 0))]),
    ], legend: [(.neurons, "gradient")], axis: "fooled")

  @Test("A rate stands at its share in its row, with its interval, its percentage and its count")
  func marks() throws {
    let reading = ChartReading(chart)
    let marks = [Chart.Role.neurons, .random].flatMap { reading.marks($0.colour) }
    expectRead(marks.map { reading.x($0.x) }, [25, 60], within: 0.3)
    #expect(marks.map(reading.row) == ["fgsm", "clusters"])
    #expect(marks.map(reading.number) == ["25.0 %, 250 of 1,000", "60.0 %, 500 of 1,000"])
    expectRead(reading.lines(Chart.Role.random.colour)[0].map { reading.x($0.x) }, [40, 80], within: 0.3)
    let wilson = try #require(Proportion(250, of: 1000).interval95)
    expectRead(
      reading.lines(Chart.Role.neurons.colour)[0].map { reading.x($0.x) },
      [100 * wilson.lowerBound, 100 * wilson.upperBound],
      within: 0.3)
  }

  @Test("A row of nothing has no mark and says 0 of 0; headings stand above their rows")
  func groups() throws {
    let reading = ChartReading(chart)
    #expect(reading.marks(Chart.Role.control.colour).isEmpty)
    let texts = chart.sketch.texts
    func y(_ text: String) throws -> Int { try #require(texts.first { $0.text == text }).baseline }
    #expect(try y("within the budget") < y("fgsm"))
    #expect(try y("clusters") < y("nothing") && y("nothing") < y("none") && y("none") == y("0 of 0"))
  }
}
