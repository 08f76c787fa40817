import Images
import Storage

extension Chart {
  /// Loss and accuracy after one epoch. Values that were not measured are nil.
  public struct Epoch: Hashable, Sendable {
    /// Counted from 1.
    public var number: Int
    public var trainingLoss: Double
    /// In [0, 1].
    public var trainingAccuracy: Double
    public var validationLoss: Double?
    /// In [0, 1].
    public var validationAccuracy: Double?

    public init(
      number: Int, trainingLoss: Double, trainingAccuracy: Double, validationLoss: Double? = nil,
      validationAccuracy: Double? = nil
    ) {
      self.number = number
      self.trainingLoss = trainingLoss
      self.trainingAccuracy = trainingAccuracy
      self.validationLoss = validationLoss
      self.validationAccuracy = validationAccuracy
    }
  }

  /// Loss and accuracy by epoch, training and validation, in two panels.
  ///
  /// A value that is not finite interrupts its line.
  public static func trainingCurve(
    title: String, subtitle: String = "", footer: [String] = [], epochs: [Epoch]
  ) -> Chart {
    precondition(!epochs.isEmpty, "a training curve has at least one epoch")
    let caption = FigureCaption(title: title, subtitle: subtitle, footer: footer)
    let hasValidation = epochs.contains { $0.validationLoss != nil || $0.validationAccuracy != nil }
    let (training, validation) = (Role.random, Role.neurons)
    let frame = ChartFrame(
      caption, width: 640,
      legend: [(training, "training")].map(entry)
        + (hasValidation ? [(validation, "validation")].map(entry) : []))
    var table = ChartTable([
      "epoch", "training loss", "training accuracy", "validation loss", "validation accuracy",
    ])
    let rows = table.append(
      epochs.map {
        [$0.number, $0.trainingLoss, $0.trainingAccuracy, $0.validationLoss, $0.validationAccuracy]
      })

    let losses = epochs.flatMap { [$0.trainingLoss, $0.validationLoss] }.compactMap(\.self).filter(\.isFinite)
    let (height, gap) = (260, 28)
    let numbers = epochs.map { Double($0.number) }
    let (first, last) = (numbers.min() ?? 1, numbers.max() ?? 1)
    let loss = PlotAxis.linear(
      0...max(losses.max() ?? 1, .leastNormalMagnitude) * 1.06, on: .up(height), name: "cross-entropy loss")
    let accuracy = PlotAxis.linear(accuracyRange(of: epochs), on: .up(height), name: "accuracy", unit: " %")
    let width = (frame.contentWidth - gap) / 2
    let plots = [(loss, 2, 4, 1.0), (accuracy, 3, 5, 100)].enumerated().map { place, panel -> Plot in
      let (up, trainingColumn, validationColumn, factor) = panel
      let room = Plot.leftRoom(up, height: height)
      let area = Rectangle(
        x: frame.left + place * (width + gap) + room, y: frame.top, width: width - room - 8, height: height)
      var plot = Plot(
        area: area,
        across: .linear(
          first - 0.5...last + 0.5, on: .across(area.width), name: "epoch", isWhole: true,
          within: first...last),
        up: up)
      for (role, column) in [(training, trainingColumn), (validation, validationColumn)]
      where role == training || hasValidation {
        plot.add(
          // Marks of so many epochs would hide the line.
          .curve(width: ChartFrame.lineWidth, dash: role.dash, mark: epochs.count > 40 ? .none : role.mark),
          rows,
          x: .column(1), y: .column(column, factor: factor), role.colour)
      }
      return plot
    }
    return Chart(caption, table, frame, plots)
  }

  private static func entry(_ role: Role, _ name: String) -> ChartFrame.LegendEntry {
    .init(name: name, colour: role.colour, mark: role.mark, dash: role.dash)
  }

  /// In per cent, widened by one at each end, but within 0 to 100.
  static func accuracyRange(of epochs: [Epoch]) -> ClosedRange<Double> {
    let values = epochs.flatMap { [$0.trainingAccuracy, $0.validationAccuracy] }.compactMap(\.self).filter(
      \.isFinite)
    let (low, high) = (100 * (values.min() ?? 0), 100 * (values.max() ?? 1))
    return max(0, low - 1)...min(100, high + 1)
  }
}
