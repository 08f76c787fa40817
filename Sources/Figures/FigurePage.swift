import Images

/// Finished pictures on one page, row by row: what belongs together is seen together.
///
/// Each keeps its own words and pixels; nothing is scaled.
public struct FigurePage: Figure {
  public var caption: FigureCaption
  public var rows: [[Bitmap]]

  public init(caption: FigureCaption, rows: [[Bitmap]]) { (self.caption, self.rows) = (caption, rows) }

  private static let gap = 16

  private func width(of row: [Bitmap]) -> Int {
    row.map(\.width).reduce(0, +) + max(0, row.count - 1) * Self.gap
  }

  private var frame: SheetFrame { SheetFrame(caption, contentWidth: rows.map(width).max() ?? 0) }

  private var contentHeight: Int { rows.map { ($0.map(\.height).max() ?? 0) + Self.gap }.reduce(0, +) }

  public var size: (width: Int, height: Int) { (frame.width, frame.height(contentHeight: contentHeight)) }

  public func drawn() -> Bitmap {
    let canvas = Canvas(width: size.width, height: size.height)
    frame.draw(on: canvas, contentHeight: contentHeight)
    var y = frame.contentTop
    for row in rows {
      var x = Style.margin
      for picture in row {
        canvas.draw(picture, x: x, y: y)
        x += picture.width + Self.gap
      }
      y += (row.map(\.height).max() ?? 0) + Self.gap
    }
    return canvas.bitmap
  }

  public var transcript: [String] { [] }
}
