import Images
import Testing

@testable import Figures

@Suite struct ChartEstimatesTests {
  private let chart = Chart.estimates(
    caption: FigureCaption(title: ""),
    rows: [
      .init(name: "neurons", value: 0.2, interval: 0.1...0.35), .init(name: "random directions", value: 0.6),
      .init(name: "control", value: 0.9),
    ], reference: (0.5, "chance"), range: 0...1, axis: "share")

  @Test("Estimates stand at their values on the whole scale, in their rows, with their numbers")
  func marks() {
    let reading = ChartReading(chart)
    let marks = [Chart.Role.neurons, .random, .control].flatMap { reading.marks($0.colour) }
    expectRead(marks.map { reading.x($0.x) }, [0.2, 0.6, 0.9], within: 0.003)
    #expect(marks.map(reading.row) == ["neurons", "random directions", "control"])
    #expect(marks.map(reading.number) == ["0.200 [0.100, 0.350]", "0.600", "0.900"])
    expectRead(
      reading.lines(Chart.Role.neurons.colour)[0].map { reading.x($0.x) }, [0.1, 0.35], within: 0.003)
    expectRead(
      [reading.x(Double(chart.plots[0].area.x)), reading.x(Double(chart.plots[0].area.right))], [0, 1],
      within: 0.003)
  }

  @Test("The reference is a named line at its value")
  func reference() throws {
    let reading = ChartReading(chart)
    let rule = try #require(
      reading.lines(Style.faint).first { abs(reading.x($0[0].x) - 0.5) < 0.003 && $0[0].x == $0[1].x })
    #expect(reading.text(at: rule[0]) == "chance")
  }

  @Test("The data file has a row for each estimate")
  func table() {
    #expect(
      chart.table.map { $0.map(Chart.field).joined(separator: ",") } == [
        "row,share,lower,upper,name", "0,0.2,0.1,0.35,neurons", "1,0.6,,,\"random directions\"",
        "2,0.9,,,control",
      ])
  }
}
