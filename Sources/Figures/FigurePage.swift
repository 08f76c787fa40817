import Foundation
import Images
import Storage

/// Finished pictures on one page, row by row, so that related ones are seen together.
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

  /// Draws a page with the charts called `names` in the folder of `file`, which are drawn at twice their size for
  /// print: on the page their letters are as large as a strip's.
  ///
  /// - Parameter rows: Pictures below the charts.
  /// - Throws: As ``Figure/write(to:)``; ``MissingChart`` if one of them was not drawn, unless ``FigureFailures`` are
  ///   recorded.
  public static func write(_ caption: FigureCaption, charts names: [String], rows: [[Bitmap]], to file: URL)
    throws
  {
    try FigureFailures.noting(file) {
      let charts = try names.map { name in
        let chart = file.deletingLastPathComponent().appending(path: "\(name).png")
        guard FileManager.default.fileExists(atPath: chart.path) else { throw MissingChart(name: name) }
        let picture = try PNGFile.read(chart).rgb
        return picture.resized(width: picture.width / 2, height: picture.height / 2)
      }
      try FigurePage(caption: caption, rows: [charts] + rows).write(to: file)
    }
  }
}
