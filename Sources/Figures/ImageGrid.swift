import Images

/// Images in named rows, such as samples of a data set by class.
public struct ImageGrid: Sendable, Figure {
  public struct Row: Sendable {
    public var name: String
    /// A line under the name, such as the number of images of the class.
    public var note: String
    /// All of the same size throughout the grid.
    public var images: [Bitmap]

    public init(name: String, note: String = "", images: [Bitmap]) {
      (self.name, self.note, self.images) = (name, note, images)
    }
  }

  public var caption: FigureCaption
  /// One row per class, in class order, with the class's colour and code.
  public var rows: [Row]
  /// Whether column i belongs to the class of row i, and has its code as a head.
  public var hasClassColumns: Bool
  /// Whole factor by which images are enlarged; nil chooses one that brings them near 64 pixels.
  public var scale: Int?

  public init(caption: FigureCaption, rows: [Row], hasClassColumns: Bool = false, scale: Int? = nil) {
    precondition(scale.map { $0 >= 1 } ?? true, "the scale must be at least 1")
    (self.caption, self.rows, self.hasClassColumns, self.scale) = (caption, rows, hasClassColumns, scale)
  }

  private static let gap = 5
  private static let labelGap = 14

  private var layout: (frame: SheetFrame, cell: TileCell, labelWidth: Int, columnCount: Int, rowHeight: Int) {
    let image = rows.lazy.flatMap(\.images).first
    let (width, height) = (image?.width ?? 28, image?.height ?? 28)
    let cell = TileCell(
      imageWidth: width, imageHeight: height,
      scale: scale ?? Style.scale(width: width, height: height, target: 64))
    let columnCount = rows.map(\.images.count).max() ?? 0
    let chipWidth = ClassKey(names: rows.map(\.name)).chipWidth
    let nameWidth =
      rows.flatMap { [Style.text.width(of: $0.name), Style.small.width(of: $0.note)] }.max() ?? 0
    let labelWidth = chipWidth + 7 + min(nameWidth, 220)
    let frame = SheetFrame(
      caption, showing: cell,
      contentWidth: labelWidth + Self.labelGap + columnCount * (cell.width + Self.gap) - Self.gap)
    return (frame, cell, labelWidth, columnCount, max(cell.height, 36) + Self.gap)
  }

  public var size: (width: Int, height: Int) {
    let layout = layout
    return (
      layout.frame.width, layout.frame.height(contentHeight: headHeight + rows.count * layout.rowHeight)
    )
  }

  private var headHeight: Int { hasClassColumns ? Style.chipHeight + Self.gap : 0 }

  public func drawn() -> Bitmap {
    let (frame, cell, labelWidth, columnCount, rowHeight) = layout
    let key = ClassKey(names: rows.map(\.name))
    let canvas = Canvas(width: size.width, height: size.height)
    frame.draw(on: canvas, contentHeight: headHeight + rows.count * rowHeight)
    for column in 0..<columnCount where hasClassColumns {
      let left = Style.margin + labelWidth + Self.labelGap + column * (cell.width + Self.gap)
      canvas.drawChip(key, column, x: left + (cell.width - key.chipWidth) / 2, y: frame.contentTop)
    }
    let wordsX = Style.margin + key.chipWidth + 7
    let wordsWidth = labelWidth - key.chipWidth - 7
    for (index, row) in rows.enumerated() {
      let y = frame.contentTop + headHeight + index * rowHeight
      let middle = y + cell.height / 2 - (row.note.isEmpty ? 0 : 8)
      canvas.drawChip(key, index, x: Style.margin, y: middle - Style.chipHeight / 2)
      canvas.draw(
        Style.text.truncated(row.name, toWidth: wordsWidth), x: wordsX,
        baseline: middle + Style.text.capHeight / 2, font: Style.text, colour: Style.ink)
      canvas.draw(
        Style.small.truncated(row.note, toWidth: wordsWidth), x: wordsX,
        baseline: middle + Style.text.capHeight / 2 + 16, font: Style.small, colour: Style.faint)
      for column in 0..<columnCount {
        cell.draw(
          column < row.images.count ? row.images[column] : nil, on: canvas,
          x: Style.margin + labelWidth + Self.labelGap + column * (cell.width + Self.gap), y: y, frame: nil)
      }
    }
    return canvas.bitmap
  }

  public var transcript: [String] {
    rows.map { "\($0.name): \($0.images.count) images" + ($0.note.isEmpty ? "" : ", \($0.note)") }
  }
}
