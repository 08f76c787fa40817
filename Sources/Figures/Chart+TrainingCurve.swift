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

  /// Separator between the curves of one plot command.
  static let continuation: ChartCode = ", \\\n     "

  /// Loss and accuracy by epoch, training and validation, in two panels.
  public static func trainingCurve(title: String, epochs: [Epoch]) -> Chart {
    precondition(!epochs.isEmpty, "a training curve has at least one epoch")
    let hasValidationLoss = epochs.contains { $0.validationLoss != nil }
    let hasValidationAccuracy = epochs.contains { $0.validationAccuracy != nil }
    func curve(_ formula: ChartCode, _ name: ChartCode, dash: Int, colour: ChartCode, point: Int) -> ChartCode
    {
      "data skip 1 using 1:\(formula) with linespoints linewidth 2 dashtype \(dash) pointtype \(point)"
        + " pointsize 0.9 linecolor rgb '\(colour)' title '\(name)'"
    }
    let losses =
      [curve("2", "training", dash: 1, colour: "#0072B2", point: 7)]
      + (hasValidationLoss ? [curve("4", "validation", dash: 2, colour: "#D55E00", point: 5)] : [])
    let accuracies =
      [curve("(100 * $3)", "training", dash: 1, colour: "#0072B2", point: 7)]
      + (hasValidationAccuracy
        ? [curve("(100 * $5)", "validation", dash: 2, colour: "#D55E00", point: 5)] : [])
    let first = epochs.map(\.number).min() ?? 1
    let last = epochs.map(\.number).max() ?? 1
    let step = max(1, (last - first + 9) / 10)

    let script: [ChartCode] = [
      "set multiplot layout 1,2 title \(text: ChartFrame.titleFont.truncated(title, toWidth: 920)) font 'DejaVu Sans Bold,12'",
      "set grid linecolor rgb '#D0D0D0' linetype 1",
      "set border 3 linecolor rgb '#5A5A5A'",
      "set tics nomirror textcolor rgb '#1A1A1A'",
      "set xtics \(step)",
      "set xrange [\(Double(first) - 0.5):\(Double(last) + 0.5)]",
      "set xlabel 'epoch'",
      "set key top right",
      "set ylabel 'cross-entropy loss'",
      "set yrange [0:*]",
      "set offsets 0, 0, graph 0.06, 0",
      "plot \(losses.joined(separator: continuation))",
      "set key bottom right",
      "set ylabel 'accuracy (%)'",
      "set yrange \(ChartScale.script(accuracyRange(of: epochs)))",
      "unset offsets",
      "plot \(accuracies.joined(separator: continuation))",
      "unset multiplot",
    ]
    let rows: [[any CSVValue]] = epochs.map { epoch in
      [
        epoch.number, cell(epoch.trainingLoss), cell(epoch.trainingAccuracy), cell(epoch.validationLoss),
        cell(epoch.validationAccuracy),
      ]
    }
    let heading = ["epoch", "training loss", "training accuracy", "validation loss", "validation accuracy"]
    return Chart(script: script, table: [heading] + rows, width: 960, height: 400)
  }

  private static func cell(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

  /// In per cent, widened by one at each end, but within 0 to 100.
  private static func accuracyRange(of epochs: [Epoch]) -> ClosedRange<Double> {
    let values = epochs.flatMap { [cell($0.trainingAccuracy), cell($0.validationAccuracy)] }.compactMap(
      \.self)
    let (low, high) = (100 * (values.min() ?? 0), 100 * (values.max() ?? 1))
    return max(0, low - 1)...min(100, high + 1)
  }
}
