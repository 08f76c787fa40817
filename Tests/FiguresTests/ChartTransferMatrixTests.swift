import Images
import Testing

@testable import Figures

@Suite struct ChartTransferMatrixTests {
  private let chart = Chart.transferMatrix(
    caption: FigureCaption(title: ""), names: ["one", "two"],
    blocks: [
      .init(
        name: "L2 ≤ 1",
        panels: [
          .init(
            name: "attack",
            rows: [
              .init(shares: [1, 0.25], distortion: 0.5), .init(shares: [0.125, 0.9], distortion: 0.75),
            ]),
          .init(
            name: "noise",
            rows: [
              .init(shares: [0.01, nil], distortion: nil), .init(shares: [0.02, 0.03], distortion: 0.7),
            ]),
        ])
    ])

  @Test("Errors stand in the row of the source and the column of the target, in percent")
  func cells() throws {
    let reading = ChartReading(chart)
    let texts = chart.plots[0].sketch(of: chart.numbers).texts
    let columns = chart.plots[0].tickLabels.filter { $0.alignment == .centre }
    for (text, source, target, panel) in [
      ("100", "one", "one", 0), ("25.0", "one", "two", 0), ("12.5", "two", "one", 0),
      ("90.0", "two", "two", 0),
      ("1.0", "one", "one", 1), ("3.0", "two", "two", 1),
    ] {
      let cell = try #require(texts.first { $0.text == text && $0.font == ChartFrame.small })
      #expect(reading.row(.init(x: Double(cell.x), y: Double(cell.baseline - 4))) == source)
      let column = try #require(
        columns.enumerated().min { abs($0.element.x - cell.x) < abs($1.element.x - cell.x) })
      #expect(column.element.text == target && column.offset / 2 == panel)
    }
  }

  @Test(
    "Every row ends with its distortion, what was not measured is a dash, the attacks on the networks themselves are framed"
  )
  func rest() {
    let texts = chart.sketch.texts.map(\.text)
    #expect(texts.filter { $0.hasPrefix("d ") } == ["d 0.500", "d 0.750", "d 0.700"])
    #expect(texts.count { $0 == "–" } == 2)
    #expect(ChartReading(chart).lines(Chart.Role.neurons.colour).count == 2)
    #expect(texts.contains("attack, L2 ≤ 1") && texts.contains("noise, L2 ≤ 1"))
  }
}
