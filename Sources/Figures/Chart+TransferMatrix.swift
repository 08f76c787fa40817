import Images
import Storage

extension Chart {
  /// One source: the effect of its images on each target.
  public struct TransferRow: Hashable, Sendable {
    /// In [0, 1], one per network; `nil` for no images.
    public var shares: [Double?]
    /// Size of the perturbation; `nil` when nothing was moved.
    public var distortion: Double?

    public init(shares: [Double?], distortion: Double?) {
      (self.shares, self.distortion) = (shares, distortion)
    }
  }

  /// One matrix: of an attack or of its noise.
  public struct TransferPanel: Hashable, Sendable {
    public var name: String
    /// One row per network.
    public var rows: [TransferRow]

    public init(name: String, rows: [TransferRow]) {
      (self.name, self.rows) = (name, rows)
    }
  }

  /// Matrices side by side, with the same perturbation size.
  public struct TransferBlock: Hashable, Sendable {
    public var name: String
    public var panels: [TransferPanel]

    public init(name: String, panels: [TransferPanel]) {
      (self.name, self.panels) = (name, panels)
    }
  }

  /// Errors of each network on images perturbed for each network: sources as rows, targets as columns, the noise beside
  /// the attack, the distortion at the end of every row, on one scale from 0 to 100 %.
  ///
  /// The data file has a line per cell, numbers first.
  ///
  /// - Parameters:
  ///   - names: Names of the networks, at least one.
  ///   - blocks: At least one, from top to bottom, all with the same number of panels.
  public static func transferMatrix(caption: FigureCaption, names: [String], blocks: [TransferBlock]) -> Chart
  {
    let count = names.count
    precondition(count > 0 && !blocks.isEmpty, "a transfer matrix has networks and at least one block")
    precondition(
      blocks.allSatisfy { block in
        block.panels.count == blocks[0].panels.count
          && block.panels.allSatisfy {
            $0.rows.count == count && $0.rows.allSatisfy { $0.shares.count == count }
          }
      }, "\(count) networks need squares of shares")
    let (cellWidth, cellHeight) = (46, 30)
    // In cells: a panel is followed by its distortions; a block's heading, its names, is wider than the panels of two
    // networks.
    let blockStep = Double(count) + 1.9
    let headWidth =
      blocks.flatMap { block in block.panels.map { ChartFrame.bold.width(of: "\($0.name), \(block.name)") } }
      .max() ?? 0
    let panelStep = max(Double(count) + 2.1, Double(min(headWidth, 320)) / Double(cellWidth) + 0.7)
    let panelCount = blocks[0].panels.count
    let (columns, rows) = (Double(panelCount) * panelStep - 0.4, Double(blocks.count) * blockStep - 0.3)
    let short = names.map { ChartFrame.font.fitted($0, toWidth: 170) }
    let down = PlotAxis(
      range: -1.6...rows - 1.6, isReversed: true,
      ticks: blocks.indices.flatMap { block in
        short.enumerated().map { PlotAxis.Tick(value: Double(block) * blockStep + Double($0), label: $1) }
      }, hasGrid: false, isDrawn: false, name: "made for")
    let right = PlotAxis(
      range: -0.5...columns - 0.5,
      ticks: (0..<panelCount).flatMap { panel in
        short.enumerated().map { PlotAxis.Tick(value: Double(panel) * panelStep + Double($0), label: $1) }
      }, hasGrid: false, isDrawn: false, labelDegrees: ChartFrame.widest(short) > cellWidth - 6 ? 40 : 0,
      name: "shown to")
    let (plotWidth, plotHeight, gap) = (Int(columns * Double(cellWidth)), Int(rows * Double(cellHeight)), 14)
    // A scale has more than one number.
    let leastBar = 90
    let key = PlotAxis.linear(0...100, on: .up(max(plotHeight - 2 * cellHeight, leastBar)), unit: " %")
    let left = max(
      Plot.leftRoom(down, height: plotHeight), Int(0.77 * Double(ChartFrame.widest(short))) - cellWidth / 2)
    let frame = ChartFrame(
      caption, width: max(ChartFrame.usualWidth, left + plotWidth + gap + ColourBar.width(of: key)))
    var plot = Plot(
      area: Rectangle(x: frame.left + left, y: frame.top, width: plotWidth, height: plotHeight),
      across: right,
      up: down)

    var cells: [[any CSVValue]] = []
    for (blockNumber, block) in blocks.enumerated() {
      let top = Double(blockNumber) * blockStep
      for (panelNumber, panel) in block.panels.enumerated() {
        let start = Double(panelNumber) * panelStep
        let head = ChartFrame.bold.fitted(
          "\(panel.name), \(block.name)", toWidth: Int((panelStep - 0.3) * Double(cellWidth)))
        plot.elements.append(
          .label(.init(text: head, x: .value(start - 0.5), y: .value(top - 0.95), font: ChartFrame.bold)))
        for (source, row) in panel.rows.enumerated() {
          let y = top + Double(source)
          plot.addNote(
            row.distortion.map { "d \(Numbers.threeDigits($0))" } ?? "–", start + Double(count) + 0.85, y,
            .right)
          for (target, share) in row.shares.enumerated() {
            let x = start + Double(target)
            if share == nil { plot.addNote("–", x, y, .centre) }
            cells.append([
              x, y, share.map { 100 * $0 }, names[source], names[target], panel.name, block.name,
              row.distortion,
            ])
          }
        }
      }
    }
    var table = ChartTable([
      "x", "y", "error in %", "made for", "shown to", "direction", "size", "mean distortion",
    ])
    let scale = ColourScale(
      stops: [(0, 0xF4F8FB), (0.25, 0x9CC3DE), (1, 0x08417A)].map { ($0, Colour($1)) }, largest: 100)
    plot.add(
      .cells(value: 3, scale, number: .percentage), table.append(cells), x: .column(1), y: .column(2),
      Style.ink)
    // The attack on the networks themselves.
    for block in blocks.indices {
      for network in 0..<count {
        let (x, y) = (Double(network), Double(block) * blockStep + Double(network))
        plot.elements.append(.outline(x - 0.48...x + 0.46, y - 0.48...y + 0.46, Role.neurons.colour))
      }
    }
    let barTop = Int(plot.y(-0.5).rounded())
    let bar = ColourBar(
      area: Rectangle(
        x: plot.area.right + gap, y: barTop, width: ColourBar.barWidth,
        height: max(plot.area.bottom - barTop, leastBar)), scale: scale, axis: key)
    return Chart(
      caption, table, frame, [plot], colourBar: bar,
      bottom: max(plot.bottom, bar.area.bottom + ChartFrame.lineHeight))
  }
}

extension Plot {
  /// A small grey text at a cell.
  fileprivate mutating func addNote(_ text: String, _ x: Double, _ y: Double, _ alignment: Canvas.Alignment) {
    elements.append(
      .label(
        Label(
          text: text, x: .value(x), y: .value(y), font: ChartFrame.small, colour: Style.faint,
          alignment: alignment)))
  }
}
