import Images

/// Images in reading order, each with a caption, its predicted class and a mark if that is wrong.
public struct ImageStrip: Figure {
  public var caption: FigureCaption
  public var classNames: [String]
  /// `classIndex` is the predicted class: its colour is the border.
  public var tiles: [ContactSheet.Tile]
  public var columnCount: Int

  public init(
    caption: FigureCaption, classNames: [String], tiles: [ContactSheet.Tile], columnCount: Int
  ) {
    precondition(columnCount > 0, "a strip has at least one column")
    (self.caption, self.classNames) = (caption, classNames)
    (self.tiles, self.columnCount) = (tiles, columnCount)
  }

  private static let gap = 8

  private var layout: (frame: SheetFrame, tile: CaptionedTile, rowCount: Int) {
    let key = ClassKey(names: classNames)
    let image = tiles.lazy.compactMap(\.image).first
    let (width, height) = (image?.width ?? 28, image?.height ?? 28)
    let cell = TileCell(
      imageWidth: width, imageHeight: height, scale: Style.scale(width: width, height: height, target: 64))
    let tile = CaptionedTile(
      cell: cell, key: key, captionWidth: CaptionedTile.captionWidth(of: tiles, key: key))
    let shown = Set(tiles.compactMap(\.classIndex)).sorted()
    let frame = SheetFrame(
      caption, showing: cell, contentWidth: columnCount * (tile.width + Self.gap) - Self.gap,
      legend: shown.map { .classes(key, $0) }
        + (tiles.contains(where: \.isMisclassified) ? [.misclassified] : []))
    return (frame, tile, (tiles.count + columnCount - 1) / columnCount)
  }

  public var size: (width: Int, height: Int) {
    let (frame, tile, rowCount) = layout
    return (frame.width, frame.height(contentHeight: rowCount * (tile.height + Self.gap)))
  }

  public func drawn() -> Bitmap {
    let (frame, tile, rowCount) = layout
    let canvas = Canvas(width: size.width, height: size.height)
    frame.draw(on: canvas, contentHeight: rowCount * (tile.height + Self.gap))
    for (place, item) in tiles.enumerated() {
      let (row, column) = place.quotientAndRemainder(dividingBy: columnCount)
      tile.draw(
        item, on: canvas, x: Style.margin + column * (tile.width + Self.gap),
        y: frame.contentTop + row * (tile.height + Self.gap))
    }
    return canvas.bitmap
  }

  public var transcript: [String] {
    tiles.map { tile in
      let taken = tile.classIndex.map { "taken for \(classNames[$0])" } ?? "no class"
      return "\(tile.caption): \(taken)\(tile.isMisclassified ? ", wrongly" : "")"
    }
  }
}
