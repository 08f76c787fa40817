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
    let headFont = Font(.sans, size: 13, isBold: true)
    let headWidth =
      blocks.flatMap { block in block.panels.map { headFont.width(of: "\($0.name), \(block.name)") } }
      .max() ?? 0
    let panelStep = max(Double(count) + 2.1, Double(headWidth) / Double(cellWidth) + 0.7)
    let panelCount = blocks[0].panels.count
    let (columns, rows) = (Double(panelCount) * panelStep - 0.4, Double(blocks.count) * blockStep - 0.3)
    let short = names.map { ChartFrame.ticFont.truncated($0, toWidth: 190) }
    let nameWidth = short.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let left = ChartFrame.edge + nameWidth + 40
    let plotWidth = Int(columns * Double(cellWidth))
    let frame = ChartFrame(
      caption, width: max(left + plotWidth + 84, 700), plotHeight: Int(rows * Double(cellHeight)),
      room: .init(
        left: left, right: max(84, 700 - left - plotWidth), below: 40 + Int(0.7 * Double(nameWidth))))

    var cells: [[any CSVValue]] = []
    var lines: [ChartCode] = []
    func label(_ text: String, _ x: Double, _ y: Double, _ style: ChartCode) {
      lines.append("set label \(text: text) at \(x), \(y) \(style)")
    }
    let quiet: ChartCode = "font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'"
    for (blockNumber, block) in blocks.enumerated() {
      let top = Double(blockNumber) * blockStep
      for (panelNumber, panel) in block.panels.enumerated() {
        let start = Double(panelNumber) * panelStep
        label(
          "\(panel.name), \(block.name)", start - 0.5, top - 0.95,
          "left font 'DejaVu Sans Bold,10' textcolor rgb '#1A1A1A'")
        for (source, row) in panel.rows.enumerated() {
          let y = top + Double(source)
          label(
            row.distortion.map { "d \(Numbers.threeDigits($0))" } ?? "–", start + Double(count) + 0.85, y,
            "right \(quiet)")
          for (target, share) in row.shares.enumerated() {
            let x = start + Double(target)
            if share == nil { label("–", x, y, "center \(quiet)") }
            cells.append([
              x, y, share.map { 100 * $0 }, names[source], names[target], panel.name,
              block.name,
              row.distortion,
            ])
            if panelNumber == 0, source == target {
              lines.append(
                "set object rectangle from \(x - 0.47), \(y - 0.47) to \(x + 0.47), \(y + 0.47) front"
                  + " fillstyle empty border linecolor rgb '#D55E00' linewidth 1.5")
            }
          }
        }
      }
    }
    let across = (0..<panelCount).flatMap { panel in
      short.enumerated().map { Gnuplot.tic($1, at: Double(panel) * panelStep + Double($0)) }
    }
    let down = blocks.indices.flatMap { block in
      short.enumerated().map { Gnuplot.tic($1, at: Double(block) * blockStep + Double($0)) }
    }
    let share = { Gnuplot.share($0, of: frame.width) }
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot)
      + [
        "unset grid", "unset border",
        "set tics scale 0",
        "set palette defined (0 '#F4F8FB', 0.25 '#9CC3DE', 1 '#08417A')",
        "set cbrange [0:100]",
        "set cbtics 0, 25, 100",
        "set format cb '%g %%'",
        "set colorbox user origin screen \(share(frame.plot.x + plotWidth + 14)), screen "
          + "\(Gnuplot.share(frame.height - frame.plot.bottom, of: frame.height)) size screen \(share(12)), screen "
          + "\(Gnuplot.share(frame.plot.height, of: frame.height)) noborder",
        "set xrange [-0.5:\(columns - 0.5 + Double(frame.plot.width - plotWidth) / Double(cellWidth))]",
        "set yrange [\(rows - 1.6):-1.6]",
        "set xtics rotate by 45 right (\(across.joined(separator: ", ")))",
        "set ytics (\(down.joined(separator: ", ")))",
        "set label 'made for' at \(frame.place(ChartFrame.edge + 4, frame.plot.y + frame.plot.height / 2)) center rotate by 90",
        "set label 'shown to' at \(frame.place(frame.plot.x - 8, frame.plot.bottom + 16)) right",
      ] + lines
      + [
        "plot data skip 1 using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with boxxyerror"
          + " fillstyle solid 1 noborder linecolor palette"
          + continuation
          + "data skip 1 using 1:2:($3 >= 99.95 ? '100' : sprintf('%.1f', $3)):($3 > 60 ? 0xFFFFFF : 0x1A1A1A)"
          + " with labels font 'DejaVu Sans,8' textcolor rgb variable"
      ]
    let heading = [
      "x", "y", "error in %", "made for", "shown to", "direction", "size", "mean distortion",
    ]
    return Chart(
      script: script, table: [heading] + cells, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
