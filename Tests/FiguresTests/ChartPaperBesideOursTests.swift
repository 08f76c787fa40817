import Images
import Testing

@testable import Figures

@Suite struct ChartPaperBesideOursTests {
  @Test("A ring at the paper's number, a dot at ours, a line between them; no ring where the paper has none")
  func marks() {
    let chart = Chart.paperBesideOurs(
      caption: FigureCaption(title: ""),
      groups: [
        .init(
          name: "errors",
          rows: [
            .init(name: "both", paper: 20, ours: 35, interval: 30...45), .init(name: "ours alone", ours: 60),
          ])
      ], axis: "%", range: 0...100)
    let reading = ChartReading(chart)
    let papers = reading.marks(Chart.Role.control.colour, .openCircle)
    let ours = reading.marks(Chart.Role.neurons.colour, .circle)
    expectRead(papers.map { reading.x($0.x) }, [20], within: 0.3)
    expectRead(ours.map { reading.x($0.x) }, [35, 60], within: 0.3)
    #expect(papers.map(reading.row) == ["both"] && ours.map(reading.row) == ["both", "ours alone"])
    expectRead(reading.lines(.grey(0xBB)).flatMap { $0.map { reading.x($0.x) } }, [20, 35], within: 0.3)
    expectRead(reading.lines(Chart.Role.neurons.colour)[0].map { reading.x($0.x) }, [30, 45], within: 0.3)
  }
}
