import Images
import Testing

@testable import Figures

@Suite struct ChartConfusionMatrixTests {
  @Test("A cell is as dark as its count, in the row of the true and the column of the predicted class")
  func cells() throws {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 30), count: 30)
    counts[2][27] = 10
    let chart = Chart.confusionMatrix(title: "", classNames: (0..<30).map { "c\($0)" }, counts: counts)
    let reading = ChartReading(chart)
    let dark = reading.areas(Colour(0x0B4F82))
    #expect(dark.count == 1)
    let middle = Sketch.Point(x: (dark[0][0].x + dark[0][1].x) / 2, y: (dark[0][0].y + dark[0][2].y) / 2)
    #expect(reading.row(middle) == "c2")
    let column = chart.plots[0].tickLabels.filter { $0.degrees == 90 }.min {
      abs(Double($0.x - 5) - middle.x) < abs(Double($1.x - 5) - middle.x)
    }
    #expect(column?.text == "c27")
    #expect(reading.areas(.white).count == 899)
  }

  @Test("Few classes have their counts in the cells, but no zeros, white on dark ones")
  func numbers() {
    let chart = Chart.confusionMatrix(title: "", classNames: ["a", "b"], counts: [[12_000, 1], [0, 30]])
    let texts = chart.plots[0].sketch(of: chart.numbers).texts
    #expect(texts.filter { $0.font == ChartFrame.small }.map(\.text) == ["12,000", "1", "30"])
    #expect(
      texts.first { $0.text == "12,000" }?.colour == .white
        && texts.first { $0.text == "1" }?.colour == Style.ink)
  }

  @Test("The key reaches from 0 to the largest count, in the colours of the cells")
  func key() throws {
    let chart = Chart.confusionMatrix(title: "", classNames: ["a", "b"], counts: [[40, 10], [0, 30]])
    let bar = try #require(chart.colourBar)
    #expect(bar.axis.range == 0...40 && bar.axis.ticks.first?.label == "0")
    #expect(
      bar.scale.colour(0) == .white && bar.scale.colour(40) == Colour(0x0B4F82)
        && bar.scale.colour(10) == Colour(0x9CC3DE))
    #expect(bar.scale.colour(bar.scale.whiteTextAbove).ink == .white)
  }

  @Test("The data file has a line for each cell, numbers first")
  func table() {
    let chart = Chart.confusionMatrix(
      title: "", classNames: ["a,b", "it's \"x\""], counts: [[7, 1], [0, 2]])
    let lines = chart.table.map { $0.map(Chart.field).joined(separator: ",") }
    #expect(lines.count == 5 && lines[2] == #"0,1,1,"a,b","it's ""x""""#)
  }
}
