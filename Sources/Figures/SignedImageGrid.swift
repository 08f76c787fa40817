import Images

/// Signed values as pictures, in rows and columns, all on one scale that the figure prints.
///
/// One channel is shown from blue (−limit) over white (0) to red (+limit); several as ½ + v / 2·limit of each channel.
public struct SignedImageGrid: Figure {
  public struct Cell: Hashable, Sendable {
    /// `[channels, height, width]`, finite.
    public var values: [Float]
    /// Printed below the picture.
    public var note: String
    /// Whether it has a coloured border; the caption explains it.
    public var isMarked: Bool

    public init(values: [Float], note: String = "", isMarked: Bool = false) {
      (self.values, self.note, self.isMarked) = (values, note, isMarked)
    }
  }

  public struct Row: Hashable, Sendable {
    public var name: String
    /// `nil` is drawn hatched: nothing was measured.
    public var cells: [Cell?]

    public init(name: String, cells: [Cell?]) { (self.name, self.cells) = (name, cells) }
  }

  public var caption: FigureCaption
  public var columnNames: [String]
  public var rows: [Row]
  public let channels: Int
  public let height: Int
  public let width: Int
  /// Value of the strongest colour; beyond it colours are clamped.
  public let limit: Float
  /// Whole factor by which pictures are enlarged; nil chooses one that brings them near 60 pixels.
  public var scale: Int?

  /// - Parameter limit: Positive; `nil` for the largest |v| of all cells, or 1 if all are 0.
  public init(
    caption: FigureCaption, columnNames: [String], rows: [Row], channels: Int, height: Int, width: Int,
    limit: Float? = nil, scale: Int? = nil
  ) {
    precondition(
      rows.allSatisfy { row in
        row.cells.allSatisfy { ($0?.values.count ?? channels * height * width) == channels * height * width }
      },
      "every picture of a grid has \(channels)×\(height)×\(width) values")
    precondition(limit.map { $0 > 0 } ?? true, "the scale must be positive")
    (self.caption, self.columnNames, self.rows) = (caption, columnNames, rows)
    (self.channels, self.height, self.width) = (channels, height, width)
    self.scale = scale
    let largest = rows.flatMap(\.cells).compactMap(\.self).flatMap(\.values).reduce(0) { max($0, abs($1)) }
    self.limit = limit ?? (largest > 0 ? largest : 1)
  }

  private static let gap = 6
  private static let noteHeight = 15
  private static let headHeight = 20
  private static let scaleHeight = 44
  private static let scaleWidth = 200
  /// Not one of the scale's colours.
  private static let mark = Colour(0xE69F00)

  private struct Layout {
    let frame: SheetFrame
    let cell: TileCell
    let labelWidth: Int
    let columnWidth: Int
    let rowHeight: Int
    let contentHeight: Int
  }

  private var layout: Layout {
    let cell = TileCell(
      imageWidth: width, imageHeight: height,
      scale: scale ?? Style.scale(width: width, height: height, target: 60))
    let notes = rows.flatMap(\.cells).compactMap { $0?.note }
    let columnCount = rows.map(\.cells.count).max() ?? 0
    let columnWidth =
      max(
        cell.width, (notes.map(Style.small.width(of:)).max() ?? 0),
        min((columnNames.map(Style.small.width(of:)).max() ?? 0), 2 * cell.width)) + Self.gap
    let labelWidth = min(160, (rows.map { Style.text.width(of: $0.name) }.max() ?? 0) + 10)
    let rowHeight = cell.height + (notes.contains { !$0.isEmpty } ? Self.noteHeight : 0) + Self.gap
    let contentHeight = Self.headHeight + rows.count * rowHeight + Self.scaleHeight
    return Layout(
      frame: SheetFrame(
        caption, showing: cell,
        contentWidth: max(labelWidth + columnCount * columnWidth, Self.scaleWidth + 140),
        minimumWidth: 420),
      cell: cell, labelWidth: labelWidth, columnWidth: columnWidth, rowHeight: rowHeight,
      contentHeight: contentHeight)
  }

  public var size: (width: Int, height: Int) {
    let layout = layout
    return (layout.frame.width, layout.frame.height(contentHeight: layout.contentHeight))
  }

  public func drawn() -> Bitmap {
    let layout = layout
    let canvas = Canvas(width: size.width, height: size.height)
    layout.frame.draw(on: canvas, contentHeight: layout.contentHeight)
    let left = Style.margin + layout.labelWidth
    var y = layout.frame.contentTop
    for (column, name) in columnNames.enumerated() {
      canvas.draw(
        Style.small.truncated(name, toWidth: layout.columnWidth),
        x: left + column * layout.columnWidth + layout.cell.width / 2, baseline: y + 12, font: Style.small,
        colour: Style.ink, alignment: .centre)
    }
    y += Self.headHeight
    for row in rows {
      canvas.draw(
        Style.text.truncated(row.name, toWidth: layout.labelWidth - 8), x: Style.margin,
        baseline: y + layout.cell.height / 2 + 4, font: Style.text, colour: Style.ink)
      for (column, cell) in row.cells.enumerated() {
        let x = left + column * layout.columnWidth
        layout.cell.draw(
          cell.map(picture), on: canvas, x: x, y: y, frame: cell?.isMarked == true ? Self.mark : nil)
        canvas.draw(
          cell?.note ?? "", x: x + layout.cell.width / 2, baseline: y + layout.cell.height + 11,
          font: Style.small, colour: Style.faint, alignment: .centre)
      }
      y += layout.rowHeight
    }
    drawScale(on: canvas, y: y + 6)
    return canvas.bitmap
  }

  private func drawScale(on canvas: Canvas, y: Int) {
    for step in 0..<Self.scaleWidth {
      let value = (2 * Float(step) / Float(Self.scaleWidth - 1) - 1) * limit
      let colour = channels == 1 ? Self.colour(value / limit) : .grey(Self.level(value / limit))
      canvas.fill(Rectangle(x: Style.margin + step, y: y, width: 1, height: 12), colour)
    }
    canvas.frame(Rectangle(x: Style.margin, y: y, width: Self.scaleWidth, height: 12), .grey(170))
    let text = Numbers.threeDigits(Double(limit))
    for (place, words, alignment) in [
      (0, "−\(text)", Canvas.Alignment.left), (Self.scaleWidth / 2, "0", .centre),
      (Self.scaleWidth, "+\(text)", .right),
    ] {
      canvas.draw(
        words, x: Style.margin + place, baseline: y + 26, font: Style.small, colour: Style.ink,
        alignment: alignment)
    }
    canvas.draw(
      "one scale for all pictures", x: Style.margin + Self.scaleWidth + 12, baseline: y + 10,
      font: Style.small, colour: Style.faint)
  }

  private func picture(_ cell: Cell) -> Bitmap {
    let samples: [UInt8]
    if channels == 1 {
      samples = cell.values.flatMap { value in
        let colour = Self.colour(value / limit)
        return [colour.red, colour.green, colour.blue]
      }
    } else {
      return Bitmap(
        planar: cell.values.map { 0.5 + $0 / (2 * limit) }, channels: channels, height: height, width: width)
    }
    return Bitmap(width: width, height: height, channels: 3, samples: samples)
  }

  private static func level(_ share: Float) -> UInt8 {
    UInt8((min(max(0.5 + share / 2, 0), 1) * 255).rounded())
  }

  /// Blue, white, red for a share in −1…1, clamped.
  static func colour(_ share: Float) -> Colour {
    let share = min(max(share, -1), 1)
    let end: (Float, Float, Float) = share < 0 ? (5, 80, 160) : (190, 20, 35)
    func mixed(_ end: Float) -> UInt8 { UInt8((255 + (end - 255) * abs(share)).rounded()) }
    return Colour(red: mixed(end.0), green: mixed(end.1), blue: mixed(end.2))
  }

  public var transcript: [String] {
    ["Scale: −\(limit) to +\(limit)"]
      + rows.map { row in
        let marked = row.cells.count { $0?.isMarked == true }
        return "\(row.name): \(row.cells.count { $0 != nil }) of \(row.cells.count) pictures"
          + (marked > 0 ? ", \(marked) marked" : "")
      }
  }
}
