import Images

/// Where everything on a contact sheet stands, and the drawing of it.
struct ContactSheetLayout {
  private let sheet: ContactSheet
  private let key: ClassKey
  private let frame: SheetFrame
  private let cell: TileCell
  private let columnCount: Int
  private let rowCount: Int
  private let cellWidth: Int
  private let hasSummaryTiles: Bool
  private let subtitles: [[String]]

  private static let tileGap = 5
  private static let rowGap = 10
  private static let labelGap = 12
  private static let summaryGap = 12
  private static let gutter = 34
  private static let captionHeight = 17
  private static let columnHeadHeight = 18

  init(_ sheet: ContactSheet) {
    self.sheet = sheet
    let key = ClassKey(names: sheet.classNames)
    self.key = key
    let rows = sheet.blocks.flatMap(\.rows)
    let tiles = rows.flatMap(\.tiles)
    let anyImage = tiles.lazy.compactMap(\.image).first ?? rows.lazy.compactMap(\.meanImage).first
    let (width, height) = (anyImage?.width ?? 28, anyImage?.height ?? 28)
    cell = TileCell(
      imageWidth: width, imageHeight: height,
      scale: sheet.scale ?? Style.scale(width: width, height: height, target: 64))
    let columnCount = rows.map(\.tiles.count).max() ?? 0
    self.columnCount = columnCount
    rowCount = sheet.blocks.map(\.rows.count).max() ?? 0
    let chipWidth = key.chipWidth
    let captionWidths = tiles.map { tile in
      Style.small.width(of: tile.caption) + (tile.classIndex == nil ? 0 : chipWidth + 4)
    }
    cellWidth = max(cell.width, min(captionWidths.max() ?? 0, 3 * cell.width))
    hasSummaryTiles = rows.contains { $0.meanImage != nil || $0.deviationImage != nil }

    let blockWidth = Self.blockWidth(
      cellWidth: cellWidth, columnCount: columnCount, hasSummaryTiles: hasSummaryTiles)
    subtitles = sheet.blocks.map {
      $0.subtitle.isEmpty ? [] : Style.small.wrapped($0.subtitle, toWidth: blockWidth)
    }
    var legend = sheet.classNames.indices.map { SheetFrame.LegendEntry.classes(key, $0) }
    if tiles.contains(where: \.isMisclassified) { legend.append(.misclassified) }
    if rows.contains(where: { $0.tiles.count < columnCount }) || tiles.contains(where: { $0.image == nil }) {
      legend.append(.missing)
    }
    frame = SheetFrame(
      sheet.caption, contentWidth: sheet.blocks.count * (blockWidth + Self.gutter) - Self.gutter,
      legend: legend, notes: Self.notes(for: rows))
  }

  var size: (width: Int, height: Int) { (frame.width, frame.height(contentHeight: contentHeight)) }

  /// Upper left pixel of the enlarged image in row `row`, column `column` of block `block`.
  func imageOrigin(block: Int, row: Int, column: Int) -> (x: Int, y: Int) {
    (
      tileX(block: block, column: column) + (cellWidth - cell.width) / 2 + Style.border,
      rowTop(row) + Style.border
    )
  }

  var scale: Int { cell.scale }

  func drawn() -> Bitmap {
    let canvas = Canvas(width: size.width, height: size.height)
    frame.draw(on: canvas, contentHeight: contentHeight)
    for index in sheet.blocks.indices { draw(block: index, on: canvas) }
    for index in sheet.blocks.indices.dropFirst() {
      let x = blockX(index) - Self.gutter / 2
      canvas.fill(Rectangle(x: x, y: frame.contentTop, width: 1, height: contentHeight), Style.rule)
    }
    return canvas.bitmap
  }

  // MARK: Measures

  private static func blockWidth(cellWidth: Int, columnCount: Int, hasSummaryTiles: Bool) -> Int {
    LabelCell.width + labelGap + columnCount * (cellWidth + tileGap) - tileGap
      + (hasSummaryTiles ? summaryGap + 2 * (cellWidth + tileGap) - tileGap : 0)
  }

  private var blockWidth: Int {
    Self.blockWidth(cellWidth: cellWidth, columnCount: columnCount, hasSummaryTiles: hasSummaryTiles)
  }

  private func blockX(_ block: Int) -> Int { Style.margin + block * (blockWidth + Self.gutter) }

  private func tileX(block: Int, column: Int) -> Int {
    blockX(block) + LabelCell.width + Self.labelGap + column * (cellWidth + Self.tileGap)
      + (column >= columnCount ? Self.summaryGap - Self.tileGap : 0)
  }

  private var rowHeight: Int { max(cell.height + Self.captionHeight, LabelCell.height) }

  private var blockHeadHeight: Int {
    let hasTitle = sheet.blocks.contains { !$0.title.isEmpty }
    return (hasTitle ? 22 : 0) + (subtitles.map(\.count).max() ?? 0) * 15 + Self.columnHeadHeight
  }

  private func rowTop(_ row: Int) -> Int {
    frame.contentTop + blockHeadHeight + 4 + row * (rowHeight + Self.rowGap)
  }

  private var contentHeight: Int {
    blockHeadHeight + 4 + rowCount * (rowHeight + Self.rowGap) - Self.rowGap + 4
  }

  // MARK: Drawing

  private func draw(block index: Int, on canvas: Canvas) {
    let block = sheet.blocks[index]
    let x = blockX(index)
    var y = frame.contentTop
    if !block.title.isEmpty {
      let title = Style.heading.truncated(block.title, toWidth: blockWidth)
      canvas.draw(title, x: x, baseline: y + 14, font: Style.heading, colour: Style.ink)
      y += 22
    }
    for line in subtitles[index] {
      canvas.draw(line, x: x, baseline: y + 10, font: Style.small, colour: Style.faint)
      y += 15
    }
    drawColumnHeads(block: index, on: canvas)
    for (row, content) in block.rows.enumerated() { draw(content, block: index, row: row, on: canvas) }
  }

  private func drawColumnHeads(block: Int, on canvas: Canvas) {
    var heads = (0..<columnCount).map { $0 == 0 ? "rank 1" : String($0 + 1) }
    if hasSummaryTiles { heads += ["mean", "s.d."] }
    for (column, head) in heads.enumerated() {
      canvas.draw(
        head, x: tileX(block: block, column: column) + cellWidth / 2, baseline: rowTop(0) - 7,
        font: Style.small, colour: Style.faint, alignment: .centre)
    }
  }

  private func draw(_ row: ContactSheet.Row, block: Int, row index: Int, on canvas: Canvas) {
    let y = rowTop(index)
    let x = blockX(block)
    if row.isControl {
      canvas.fill(
        Rectangle(x: x - 6, y: y - 5, width: blockWidth + 12, height: rowHeight + 8), Style.band)
    }
    LabelCell(row: row, key: key).draw(on: canvas, x: x, y: y)
    for column in 0..<columnCount {
      let tile = column < row.tiles.count ? row.tiles[column] : ContactSheet.Tile(image: nil)
      draw(tile, on: canvas, x: tileX(block: block, column: column), y: y)
    }
    guard hasSummaryTiles else { return }
    for (offset, image) in [row.meanImage, row.deviationImage].enumerated() {
      let left = tileX(block: block, column: columnCount + offset) + (cellWidth - cell.width) / 2
      cell.draw(image, on: canvas, x: left, y: y, frame: nil)
    }
  }

  private func draw(_ tile: ContactSheet.Tile, on canvas: Canvas, x: Int, y: Int) {
    cell.draw(
      tile.image, on: canvas, x: x + (cellWidth - cell.width) / 2, y: y,
      frame: tile.classIndex.map(key.colour), isMisclassified: tile.isMisclassified)
    guard tile.image != nil else { return }
    let top = y + cell.height + 2
    let chipWidth = tile.classIndex == nil ? 0 : key.chipWidth + 4
    let caption = Style.small.truncated(tile.caption, toWidth: cellWidth - chipWidth)
    // As wide as the tile, unless the caption needs more.
    let width = max(cell.width, chipWidth + Style.small.width(of: caption))
    let left = x + (cellWidth - width) / 2
    if let index = tile.classIndex { canvas.drawChip(key, index, x: left, y: top) }
    canvas.draw(
      caption, x: left + width, baseline: top + 11, font: Style.small, colour: Style.ink, alignment: .right)
  }

  /// Explains what the rows of this sheet print, and nothing else.
  private static func notes(for rows: [ContactSheet.Row]) -> [String] {
    let parts: [(isPrinted: Bool, words: String)] = [
      (
        rows.contains { $0.agreement != nil },
        "κ: label agreement of the row’s images, corrected for chance (0 as for random images, 1 for a single class)"
      ),
      (rows.contains { $0.purity != nil }, "purity: share of the most frequent class in the row"),
      (
        rows.contains { $0.mean != nil },
        "a ± b: mean and standard deviation of the scores of all ranked images"
      ),
      (rows.contains { $0.tailGap != nil }, "z: (mean of the row’s scores − mean) / standard deviation"),
      (rows.contains { $0.activeShare != nil }, "active: share of ranked images with a score above 0"),
      (
        rows.contains { $0.histogram != nil },
        "histogram: scores of all ranked images, height ∝ √count, red line at the row’s last score"
      ),
      (rows.contains { !$0.classCounts.isEmpty }, "bar: classes of the row’s images"),
      (rows.contains { $0.meanImage != nil }, "mean, s.d.: pixel by pixel over the row’s images"),
      (true, "frame and code: true class; pixels in fixed [0, 1], no contrast stretched"),
    ]
    return [parts.filter(\.isPrinted).map(\.words).joined(separator: " · ")]
  }
}
