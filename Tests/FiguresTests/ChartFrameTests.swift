import Images
import Testing

@testable import Figures

@Suite struct ChartFrameTests {
  private static let charts = ChartExamples.charts + NastyCharts.charts()

  @Test("No two texts of a chart meet, and all lie inside the picture", arguments: charts.indices)
  func overlaps(index: Int) {
    let (name, chart) = Self.charts[index]
    let texts = chart.sketch.texts
    let picture = Rectangle(x: 0, y: 0, width: chart.width, height: chart.height).inset(by: 2)
    for text in texts {
      #expect(picture.contains(text.box), "\(name): \(text.text) at \(text.box) leaves the picture")
    }
    for (number, text) in texts.enumerated() {
      for other in texts.dropFirst(number + 1) where text.box.overlaps(other.box) {
        // Boxes of slanted names overlap where the names do not: their lines are as far apart as lines of text.
        let areSlanted = text.degrees == 40 && other.degrees == 40
        let distance = Double(abs(text.x - other.x)) * 0.643
        #expect(
          areSlanted && distance > 1.05 * Double(text.font.size), "\(name): \(text.text) and \(other.text)")
      }
    }
  }

  @Test("Legends and headings lie outside of all plots", arguments: charts.indices)
  func legend(index: Int) {
    let (name, chart) = Self.charts[index]
    let areas = chart.plots.map(\.area)
    for shape in chart.surroundings.shapes {
      guard case .text(let text) = shape else { continue }
      #expect(!areas.contains { $0.overlaps(text.box) }, "\(name): \(text.text)")
    }
  }

  @Test("A footer stands below everything, under a line, in every chart that has one")
  func footer() throws {
    for chart in [
      Chart.confusionMatrix(
        title: "t", footer: ["Basis."], classNames: ["a", "b"], counts: [[1, 0], [0, 1]]),
      .trainingCurve(
        title: "t", footer: ["Basis."], epochs: [.init(number: 1, trainingLoss: 1, trainingAccuracy: 1)]),
    ] {
      let footer = try #require(chart.sketch.texts.first { $0.text == "Basis." })
      #expect(chart.sketch.texts.allSatisfy { $0.text == "Basis." || $0.box.bottom <= footer.box.y })
      #expect(chart.height - footer.box.bottom >= 20)
      #expect(chart.caption.footer == ["Basis."])
    }
  }

  @Test("Ten lines differ in colour, and in mark or dash as well")
  func tenLines() {
    let roles = NastyCharts.roles(10)
    #expect(Set(roles.map(\.colour)).count == 10)
    let looks = roles.map { "\($0.mark) \($0.dash)" }
    #expect(Set(looks).count == 10)
  }

  @Test("The legend shows each name beside its colour, its dash and its mark")
  func entries() throws {
    let chart = NastyCharts.tenLines()
    for (number, role) in NastyCharts.roles(10).enumerated() {
      let name = try #require(chart.surroundings.texts.first { $0.text.hasPrefix("attack \(number),") })
      let marks = chart.surroundings.shapes.compactMap { shape -> Sketch.Point? in
        guard case .mark(role.mark, let point, _, role.colour) = shape else { return nil }
        return point
      }
      #expect(marks.count == 1)
      #expect(
        abs(Double(name.baseline - 5) - marks[0].y) <= 1 && name.x > Int(marks[0].x)
          && name.x - Int(marks[0].x) < 30)
    }
  }
}
