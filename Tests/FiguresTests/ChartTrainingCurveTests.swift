import Images
import Testing

@testable import Figures

@Suite struct ChartTrainingCurveTests {
  private let epochs = (1...4).map { number in
    let rest = 1 / Double(number)
    return Chart.Epoch(
      number: number, trainingLoss: rest, trainingAccuracy: 1 - rest / 2,
      validationLoss: number == 2 ? nil : rest + 0.1, validationAccuracy: 1 - rest / 3)
  }

  @Test(
    "Losses are on the left, accuracies in percent on the right, training and validation in their colours")
  func panels() {
    let chart = Chart.trainingCurve(title: "lenet", epochs: epochs)
    let (losses, accuracies) = (ChartReading(chart), ChartReading(chart, plot: 1))
    let (training, validation) = (Chart.Role.random.colour, Chart.Role.neurons.colour)
    expectRead(losses.marks(training).map { losses.x($0.x) }, [1, 2, 3, 4], within: 0.03)
    expectRead(losses.marks(training).map { losses.y($0.y) }, epochs.map(\.trainingLoss), within: 0.01)
    expectRead(losses.marks(validation).map { losses.y($0.y) }, [1.1, 1 / 3.0 + 0.1, 0.35], within: 0.01)
    // What was not measured interrupts nothing.
    #expect(losses.lines(validation).count == 1)
    expectRead(
      accuracies.marks(training).map { accuracies.y($0.y) }, epochs.map { 100 * $0.trainingAccuracy },
      within: 0.3)
    expectRead(
      accuracies.marks(validation).map { accuracies.y($0.y) },
      epochs.map { 100 * ($0.validationAccuracy ?? 0) }, within: 0.3)
    #expect(chart.plots[0].area.right < chart.plots[1].area.x)
    #expect(chart.surroundings.texts.map(\.text) == ["lenet", "training", "validation"])
  }

  @Test("A loss that is no number ends the line; without validation there is one line")
  func diverged() {
    let chart = Chart.trainingCurve(
      title: "",
      epochs: (1...5).map { .init(number: $0, trainingLoss: $0 < 3 ? 1 : .nan, trainingAccuracy: 0.1) })
    let reading = ChartReading(chart)
    let lines = reading.lines(Chart.Role.random.colour)
    #expect(lines.count == 1)
    expectRead(lines[0].map { reading.x($0.x) }, [1, 2], within: 0.03)
    #expect(chart.surroundings.texts.map(\.text) == ["training"])
  }

  @Test(
    "The axis of accuracy ends where shares end",
    arguments: [(0.005, 0.0...1.5), (0, 0...1), (1, 99...100), (0.5, 49...51)])
  func accuracyAxis(accuracy: Double, range: ClosedRange<Double>) {
    let chart = Chart.trainingCurve(
      title: "one", epochs: [.init(number: 1, trainingLoss: 1, trainingAccuracy: accuracy)])
    #expect(chart.plots[1].up.range == range)
  }
}
