import Testing

@testable import Figures

@Suite struct ChartConfusedPairsTests {
  @Test("Confused pairs stand under their class, with the share of its images")
  func pairs() throws {
    let chart = Chart.confusedPairs(
      caption: FigureCaption(title: "t"),
      pairs: [
        .init(className: "a", predicted: "b", share: .init(3, of: 10)),
        .init(className: "c", predicted: "a", share: .init(2, of: 4)),
        .init(className: "a", predicted: "c", share: .init(1, of: 10)),
      ])
    let rows = chart.table.dropFirst().map { $0.map { "\($0)" } }
    #expect(chart.table[0].map { "\($0)" }.suffix(4) == ["count", "of", "name", "part"])
    #expect(
      rows.map { Array($0.suffix(4)) } == [
        ["3", "10", "→ b", "a"], ["1", "10", "→ c", "a"], ["2", "4", "→ a", "c"],
      ])
  }
}
