import Images
import Testing

@testable import Figures

@Suite struct ChartRobustAccuracyTests {
  @Test("Accuracy keeps its height until the next step and the last to the end of the axis")
  func steps() {
    let chart = Chart.robustAccuracy(
      caption: FigureCaption(title: ""),
      curves: [
        .init(
          name: "a", role: .neurons,
          steps: [.init(x: 0, value: 0.9), .init(x: 0.5, value: 0.4), .init(x: 1, value: 0.1)])
      ],
      largest: 2, axis: "size")
    let reading = ChartReading(chart)
    let line = reading.lines(Chart.Role.neurons.colour)[0]
    expectRead(line.map { reading.x($0.x) }, [0, 0.5, 0.5, 1, 1, 2, 2], within: 0.01)
    expectRead(line.map { reading.y($0.y) }, [90, 90, 40, 40, 10, 10, 10], within: 0.5)
  }
}
