import Images

/// Positions of all parts of a contact sheet, and its drawing.
struct ContactSheetLayout {
  private let sheet: ContactSheet
  private let key: ClassKey
  private let frame: SheetFrame
  private let tile: CaptionedTile
  private let columnCount: Int
  private let rowCount: Int
  /// Width required by the blocks.
  private let naturalWidth: Int
  private let hasSummaryTiles: Bool
  private let subtitles: [[String]]

  private static let tileGap = 5
  static let usualRowGap = 10
  private static let labelGap = 12
  private static let summaryGap = 12
  private static let gutter = 34
  /// Gap between stacked blocks.
  private static let stackGap = 26
  private static let columnHeadHeight = 18

  init(_ sheet: ContactSheet) {
    self.sheet = sheet
    let key = ClassKey(names: sheet.classNames)
    self.key = key
    let rows = sheet.blocks.flatMap(\.rows)
    let tiles = rows.flatMap(\.tiles)
    let anyImage = tiles.lazy.compactMap(\.image).first ?? rows.lazy.compactMap(\.meanImage).first
    let (width, height) = (anyImage?.width ?? 28, anyImage?.height ?? 28)
    let cell = TileCell(
      imageWidth: width, imageHeight: height,
      scale: sheet.scale ?? Style.scale(width: width, height: height, target: 64))
    let columnCount = rows.map(\.tiles.count).max() ?? 0
    self.columnCount = columnCount
    rowCount = sheet.blocks.map(\.rows.count).max() ?? 0
    tile = CaptionedTile(
      cell: cell, key: key,
      captionWidth: sheet.arrangement?.captionWidth ?? CaptionedTile.captionWidth(of: tiles, key: key))
    hasSummaryTiles = rows.contains { $0.meanImage != nil || $0.deviationImage != nil }

    let blockWidth = Self.blockWidth(
      cellWidth: tile.width, columnCount: columnCount, hasSummaryTiles: hasSummaryTiles)
    subtitles = sheet.blocks.map {
      $0.subtitle.isEmpty ? [] : Style.small.wrapped($0.subtitle, toWidth: blockWidth)
    }
    let (classes, note) = SheetFrame.LegendEntry.classes(key, shown: tiles.compactMap(\.classIndex))
    var legend = classes
    if tiles.contains(where: \.isMisclassified) { legend.append(.misclassified) }
    if rows.contains(where: { $0.tiles.count < columnCount }) || tiles.contains(where: { $0.image == nil }) {
      legend.append(.missing)
    }
    let isStacked = sheet.arrangement?.isStacked ?? false
    naturalWidth = isStacked ? blockWidth : sheet.blocks.count * (blockWidth + Self.gutter) - Self.gutter
    frame = SheetFrame(
      sheet.caption, showing: cell,
      contentWidth: sheet.arrangement.map { $0.extent.width - 2 * Style.margin } ?? naturalWidth,
      legend: legend, notes: Self.notes(for: sheet) + note)
  }

  var size: (width: Int, height: Int) {
    sheet.arrangement?.extent ?? (frame.width, frame.height(contentHeight: contentHeight))
  }

  /// Whether everything is inside the page; always true if the content determines its size.
  var fits: Bool {
    guard let extent = sheet.arrangement?.extent else { return true }
    return naturalWidth + 2 * Style.margin <= extent.width
      && frame.height(contentHeight: contentHeight) <= extent.height
  }

  /// Upper left pixel of the enlarged image in row `row`, column `column` of block `block`.
  func imageOrigin(block: Int, row: Int, column: Int) -> (x: Int, y: Int) {
    (
      tileX(block: block, column: column) + tile.inset + Style.border,
      rowTop(row, block: block) + Style.border
    )
  }

  var scale: Int { tile.cell.scale }

  func draw(on canvas: Canvas) {
    frame.draw(on: canvas, contentHeight: contentHeight)
    for index in sheet.blocks.indices { draw(block: index, on: canvas) }
    for index in sheet.blocks.indices.dropFirst() where !isStacked {
      let x = blockX(index) - Self.gutter / 2
      canvas.fill(Rectangle(x: x, y: frame.contentTop, width: 1, height: contentHeight), Style.rule)
    }
  }

  // MARK: Measures

  private static func blockWidth(cellWidth: Int, columnCount: Int, hasSummaryTiles: Bool) -> Int {
    LabelCell.width + labelGap + columnCount * (cellWidth + tileGap) - tileGap
      + (hasSummaryTiles ? summaryGap + 2 * (cellWidth + tileGap) - tileGap : 0)
  }

  private var isStacked: Bool { sheet.arrangement?.isStacked ?? false }
  private var rowGap: Int { sheet.arrangement?.rowGap ?? Self.usualRowGap }

  private var blockWidth: Int {
    Self.blockWidth(cellWidth: tile.width, columnCount: columnCount, hasSummaryTiles: hasSummaryTiles)
  }

  private func blockX(_ block: Int) -> Int {
    Style.margin + (isStacked ? 0 : block * (blockWidth + Self.gutter))
  }

  private func blockTop(_ block: Int) -> Int {
    guard isStacked else { return frame.contentTop }
    return sheet.blocks[..<block].reduce(frame.contentTop) {
      $0 + blockHeight(rowCount: $1.rows.count) + Self.stackGap
    }
  }

  private func tileX(block: Int, column: Int) -> Int {
    blockX(block) + LabelCell.width + Self.labelGap + column * (tile.width + Self.tileGap)
      + (column >= columnCount ? Self.summaryGap - Self.tileGap : 0)
  }

  private var rowHeight: Int { max(tile.height, LabelCell.height) }

  private var blockHeadHeight: Int {
    let hasTitle = sheet.blocks.contains { !$0.title.isEmpty }
    return (hasTitle ? 22 : 0) + (subtitles.map(\.count).max() ?? 0) * 15 + Self.columnHeadHeight
  }

  private func rowTop(_ row: Int, block: Int) -> Int {
    blockTop(block) + blockHeadHeight + 4 + row * (rowHeight + rowGap)
  }

  private func blockHeight(rowCount: Int) -> Int {
    blockHeadHeight + 4 + rowCount * (rowHeight + rowGap) - rowGap + 4
  }

  private var contentHeight: Int {
    guard isStacked else { return blockHeight(rowCount: rowCount) }
    return sheet.blocks.reduce(-Self.stackGap) {
      $0 + blockHeight(rowCount: $1.rows.count) + Self.stackGap
    }
  }

  // MARK: Drawing

  private func draw(block index: Int, on canvas: Canvas) {
    let block = sheet.blocks[index]
    let x = blockX(index)
    var y = blockTop(index)
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
        head, x: tileX(block: block, column: column) + tile.width / 2, baseline: rowTop(0, block: block) - 7,
        font: Style.small, colour: Style.faint, alignment: .centre)
    }
  }

  private func draw(_ row: ContactSheet.Row, block: Int, row index: Int, on canvas: Canvas) {
    let y = rowTop(index, block: block)
    let x = blockX(block)
    if row.isControl {
      canvas.fill(
        Rectangle(x: x - 6, y: y - 5, width: blockWidth + 12, height: rowHeight + 8), Style.band)
    }
    LabelCell(row: row, key: key).draw(on: canvas, x: x, y: y)
    for column in 0..<columnCount {
      let content = column < row.tiles.count ? row.tiles[column] : ContactSheet.Tile(image: nil)
      tile.draw(content, on: canvas, x: tileX(block: block, column: column), y: y)
    }
    guard hasSummaryTiles else { return }
    for (offset, image) in [row.meanImage, row.deviationImage].enumerated() {
      let left = tileX(block: block, column: columnCount + offset) + tile.inset
      tile.cell.draw(image, on: canvas, x: left, y: y, frame: nil)
    }
  }

  /// Explains only what the rows of this sheet print.
  private static func notes(for sheet: ContactSheet) -> [String] {
    let rows = sheet.blocks.flatMap(\.rows)
    let (all, some) =
      switch sheet.population {
      case .rankedImages: ("all ranked images", "ranked images")
      case .classOfRow: ("the class’s images", "the class’s images")
      }
    let namesClasses = rows.isEmpty || rows.flatMap(\.tiles).contains { $0.classIndex != nil }
    let parts: [(isPrinted: Bool, words: String)] = [
      (
        rows.contains { $0.agreement != nil },
        "κ: label agreement of the row’s images, corrected for chance (0 as for random images, 1 for a single class)"
      ),
      (rows.contains { $0.purity != nil }, "purity: share of the most frequent class in the row"),
      (
        rows.contains { $0.mean != nil },
        "a ± b: mean and standard deviation of the scores of \(all)"
      ),
      (rows.contains { $0.tailGap != nil }, "z: (mean of the row’s scores − mean) / standard deviation"),
      (rows.contains { $0.activeShare != nil }, "active: share of \(some) with a score above 0"),
      (
        rows.contains { $0.histogram != nil },
        "histogram: scores of all ranked images, height ∝ √count, red line at the row’s last score"
      ),
      (rows.contains { !$0.classCounts.isEmpty }, "bar: classes of the row’s images"),
      (rows.contains { $0.meanImage != nil }, "mean, s.d.: pixel by pixel over the row’s images"),
      (
        true,
        (namesClasses ? "frame and code: true class; " : "")
          + "pixels in fixed [0, 1], no contrast stretched"
      ),
    ]
    return [parts.filter(\.isPrinted).map(\.words).joined(separator: " · ")]
  }
}
