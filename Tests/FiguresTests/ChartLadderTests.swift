import Images
import Testing

@testable import Figures

@Suite struct ChartLadderTests {
  private let chart = Chart.ladder(
    caption: FigureCaption(title: ""),
    rungs: [
      .init(name: "neurons", value: 0.2, networks: [0.1, 0.3], role: .neurons),
      .init(name: "random", value: 0.6, role: .random),
      .init(name: "other", value: 0.8, interval: 0.7...0.9, role: .other(0)),
    ], axis: "κ")

  @Test("Marks stand at their values and in their rows, with the value at the right")
  func marks() throws {
    let reading = ChartReading(chart)
    for (role, name, value) in [
      (Chart.Role.neurons, "neurons", 0.2), (.random, "random", 0.6), (.other(0), "other", 0.8),
    ] {
      let mark = try #require(reading.marks(role.colour, role.mark).first)
      expectRead([reading.x(mark.x)], [value], within: 0.003)
      #expect(reading.row(mark) == name)
      #expect(reading.number(beside: mark) == Numbers.twoDecimals(value))
    }
  }

  @Test("Networks are circles below the mean, the interval a bar, floor and ceiling lines at 0 and 1")
  func rest() throws {
    let reading = ChartReading(chart)
    let mean = try #require(reading.marks(Chart.Role.neurons.colour, .circle).first)
    let networks = reading.marks(Chart.Role.neurons.colour, .openCircle)
    expectRead(networks.map { reading.x($0.x) }, [0.1, 0.3], within: 0.003)
    #expect(networks.allSatisfy { $0.y > mean.y && $0.y < mean.y + 17 })
    let bar = reading.lines(Chart.Role.other(0).colour)[0]
    expectRead(bar.map { reading.x($0.x) }, [0.7, 0.9], within: 0.003)
    #expect(reading.lines(Chart.Role.random.colour).isEmpty)
    for (value, name) in [(0.0, "floor"), (1, "ceiling")] {
      let rule = try #require(
        reading.lines(Style.faint).first {
          $0[0].x == $0[1].x && abs(reading.x($0[0].x) - value) < 0.003 && $0[0].y < 100
        })
      #expect(reading.text(at: rule[0]) == name)
    }
  }

  @Test("The data file has a row for each mean and each network")
  func table() {
    #expect(
      chart.table.map { $0.map(Chart.field).joined(separator: ",") } == [
        "row,κ,lower,upper,network,condition", "0,0.2,,,,neurons", "0,0.1,,,1,neurons", "0,0.3,,,2,neurons",
        "1,0.6,,,,random", "2,0.8,0.7,0.9,,other",
      ])
  }
}
