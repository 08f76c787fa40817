import Images

/// A cell of a contact sheet: the image in its frame, with class code and caption below.
struct CaptionedTile {
  let cell: TileCell
  let key: ClassKey
  /// At least `cell.width`; longer captions are cut.
  let width: Int

  static let captionHeight = 17

  /// - Parameter captionWidth: Width of the widest caption, from `captionWidth(of:key:)`.
  init(cell: TileCell, key: ClassKey, captionWidth: Int) {
    (self.cell, self.key) = (cell, key)
    width = max(cell.width, min(captionWidth, 3 * cell.width))
  }

  /// Width in pixels of the widest caption with its class code.
  static func captionWidth(of tiles: [ContactSheet.Tile], key: ClassKey) -> Int {
    let chipWidth = key.chipWidth
    return tiles.map { tile in
      Style.small.width(of: tile.caption) + (tile.classIndex == nil ? 0 : chipWidth + 4)
    }.max() ?? 0
  }

  var height: Int { cell.height + Self.captionHeight }
  /// Distance from the cell's left edge to that of the image's frame.
  var inset: Int { (width - cell.width) / 2 }

  func draw(_ tile: ContactSheet.Tile, on canvas: Canvas, x: Int, y: Int) {
    cell.draw(
      tile.image, on: canvas, x: x + inset, y: y, frame: tile.classIndex.map(key.colour),
      isMisclassified: tile.isMisclassified)
    guard tile.image != nil else { return }
    let top = y + cell.height + 2
    let chipWidth = tile.classIndex == nil ? 0 : key.chipWidth + 4
    let caption = Style.small.truncated(tile.caption, toWidth: width - chipWidth)
    // As wide as the tile, or wider if the caption requires it.
    let captionWidth = max(cell.width, chipWidth + Style.small.width(of: caption))
    let left = x + (width - captionWidth) / 2
    if let index = tile.classIndex { canvas.drawChip(key, index, x: left, y: top) }
    canvas.draw(
      caption, x: left + captionWidth, baseline: top + 11, font: Style.small, colour: Style.ink,
      alignment: .right)
  }
}
