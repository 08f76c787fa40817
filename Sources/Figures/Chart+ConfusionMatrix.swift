import Images
import Storage

extension Chart {
  /// A confusion matrix: true classes as rows, predicted classes as columns, counts in cells.
  ///
  /// The data file has one line per cell, numbers first.
  ///
  /// - Parameter counts: `counts[true][predicted]`, square, one row and column per class name.
  public static func confusionMatrix(
    title: String, subtitle: String = "", footer: [String] = [], classNames: [String], counts: [[Int]]
  ) -> Chart {
    precondition(!classNames.isEmpty, "a confusion matrix has at least one class")
    precondition(
      counts.count == classNames.count && counts.allSatisfy { $0.count == classNames.count },
      "\(classNames.count) classes need a square of counts, got rows of \(counts.map(\.count))")
    let caption = FigureCaption(title: title, subtitle: subtitle, footer: footer)
    let (font, count) = (ChartFrame.font, classNames.count)
    let names = classNames.map { font.fitted($0, toWidth: 170) }
    let nameWidth = ChartFrame.widest(names)
    let isCrowded = count > 25
    let largest = max(1, counts.joined().max() ?? 1)
    let numberWidth = ChartFrame.small.width(of: AxisNumbers.decimal(Double(largest), digits: 0)) + 10
    let cell = isCrowded ? 18 : max(40, numberWidth)
    let side = max(count * cell, 160)
    let scale = ColourScale(
      stops: [(0, 0xFFFFFF), (0.02, 0xE3EEF6), (0.25, 0x9CC3DE), (1, 0x0B4F82)].map { ($0, Colour($1)) },
      largest: Double(largest))
    var key = PlotAxis.linear(0...Double(largest), on: .up(side), isWhole: true)
    key.name = "images"

    let ticks = names.enumerated().map { PlotAxis.Tick(value: Double($0), label: $1) }
    let range = -0.5...Double(count) - 0.5
    let down = PlotAxis(
      range: range, isReversed: true, ticks: ticks, hasGrid: false, isDrawn: false, name: "true class")
    let right = PlotAxis(
      range: range, ticks: ticks, hasGrid: false, isDrawn: false,
      labelDegrees: isCrowded ? 90 : nameWidth > cell - 6 ? 40 : 0, name: "predicted class")
    // Slanted names begin left of their cell.
    let left = max(Plot.leftRoom(down, height: side), Int(0.77 * Double(nameWidth)) - cell / 2)
    let gap = 18
    let frame = ChartFrame(caption, width: left + side + gap + ColourBar.width(of: key))
    let area = Rectangle(x: frame.left + left, y: frame.top, width: side, height: side)
    var plot = Plot(area: area, across: right, up: down)
    var table = ChartTable(["true index", "predicted index", "count", "true class", "predicted class"])
    let cells = table.append(
      classNames.indices.flatMap { row in
        classNames.indices.map { column -> [any CSVValue] in
          [row, column, counts[row][column], classNames[row], classNames[column]]
        }
      })
    plot.add(
      .cells(value: 3, scale, number: isCrowded ? nil : .count), cells, x: .column(2), y: .column(1),
      Style.ink)
    plot.elements.append(.outline(range, range, Style.rule))
    let bar = ColourBar(
      area: Rectangle(x: area.right + gap, y: area.y, width: ColourBar.barWidth, height: side), scale: scale,
      axis: key)
    return Chart(caption, table, frame, [plot], colourBar: bar)
  }
}
