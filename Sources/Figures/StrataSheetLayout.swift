import Images

/// Positions of all parts of a strata sheet, and its drawing.
struct StrataSheetLayout {
  /// Tiles under a common head; the mean and the deviation also form one.
  private struct Part {
    var title = ""
    var lines: [String] = []
    var tiles: [ContactSheet.Tile]
    /// Tiles beyond this number continue on the next line.
    var columnCount = 1
    var x = 0
  }

  private struct Line {
    var parts: [Part] = []
    var label: ContactSheet.Row?
    var top = 0
    var headHeight = 0
    var height = 0
  }

  private let sheet: StrataSheet
  private let key: ClassKey
  private let tile: CaptionedTile
  private let frame: SheetFrame
  private let lines: [Line]
  private let contentHeight: Int
  private let isTooWide: Bool

  private static let tileGap = 5
  private static let partGap = 18
  private static let lineGap = 16
  private static let titleHeight = 17
  private static let wordsHeight = 14
  private static let left = LabelCell.width + 14
  /// Number of tiles in a line if no page determines its width.
  private static let usualColumnCount = 15

  init(_ sheet: StrataSheet) {
    self.sheet = sheet
    let key = ClassKey(names: sheet.classNames)
    self.key = key
    let tiles = sheet.groups.flatMap(\.tiles) + sheet.control.tiles
    let image = tiles.lazy.compactMap(\.image).first
    let (width, height) = (image?.width ?? 28, image?.height ?? 28)
    let cell = TileCell(
      imageWidth: width, imageHeight: height,
      scale: sheet.scale ?? Style.scale(width: width, height: height, target: 64))
    let tile = CaptionedTile(
      cell: cell, key: key, captionWidth: CaptionedTile.captionWidth(of: tiles, key: key))
    self.tile = tile

    let step = tile.width + Self.tileGap
    let room =
      sheet.preset.extent.map { $0.width - 2 * Style.margin - Self.left }
      ?? Self.usualColumnCount * step + 2 * Self.partGap
    let top = Self.lines(
      sheet.groups.map { Part(title: $0.title, lines: $0.lines, tiles: $0.tiles) }
        + Self.summary(of: sheet.row, title: "top, pixel by pixel"), room: room, step: step)
    let control = Self.lines(
      [Part(tiles: sheet.control.tiles)] + Self.summary(of: sheet.control, title: ""), room: room, step: step)
    let (classes, note) = SheetFrame.LegendEntry.classes(key, shown: tiles.compactMap(\.classIndex))
    var legend = classes
    if tiles.contains(where: \.isMisclassified) { legend.append(.misclassified) }
    let frame = SheetFrame(
      sheet.caption, showing: cell, contentWidth: Self.left + room, legend: legend,
      notes: Self.notes(for: sheet) + note)
    self.frame = frame

    var y = frame.contentTop
    lines = [(top, sheet.row), (control, sheet.control)].flatMap { lines, label in
      lines.enumerated().map { index, line in
        var line = line
        line.label = index == 0 ? label : nil
        line.top = y
        let headLines = line.parts.map(\.lines.count).max() ?? 0
        let hasHead = line.parts.contains { !$0.title.isEmpty }
        line.headHeight = hasHead ? Self.titleHeight + headLines * Self.wordsHeight + 4 : 0
        let rowCount =
          line.parts.map { ($0.tiles.count + $0.columnCount - 1) / $0.columnCount }.max() ?? 1
        let tilesHeight = rowCount * (tile.height + Self.tileGap) - Self.tileGap
        line.height = max(line.headHeight + tilesHeight, index == 0 ? LabelCell.height : 0)
        y += line.height + Self.lineGap
        return line
      }
    }
    contentHeight = y - Self.lineGap - frame.contentTop + 6
    isTooWide = lines.contains { $0.parts.contains { $0.x + Self.width(of: $0, step: step) > room } }
  }

  var scale: Int { tile.cell.scale }
  var lineCount: Int { lines.count }

  var size: (width: Int, height: Int) {
    sheet.preset.extent ?? (frame.width, frame.height(contentHeight: contentHeight))
  }

  /// Whether everything is inside the page; always true if the content determines its height.
  var fits: Bool {
    guard let extent = sheet.preset.extent else { return true }
    return !isTooWide && frame.height(contentHeight: contentHeight) <= extent.height
  }

  /// Upper left pixels of the enlarged images, by line from the top, then from the left.
  var imageOrigins: [(x: Int, y: Int)] {
    lines.flatMap { line in
      line.parts.flatMap { part in
        part.tiles.indices.map { index in
          let place = place(of: index, in: part, line)
          return (place.x + tile.inset + Style.border, place.y + Style.border)
        }
      }
    }
  }

  // MARK: Measures

  private static func summary(of row: ContactSheet.Row, title: String) -> [Part] {
    guard row.meanImage != nil || row.deviationImage != nil else { return [] }
    let tiles = [
      ContactSheet.Tile(image: row.meanImage, caption: "mean"),
      ContactSheet.Tile(image: row.deviationImage, caption: "s.d."),
    ]
    return [Part(title: title, tiles: tiles)]
  }

  /// Parts in lines of at most `room` pixels, placed on the next line if they do not fit side by side.
  private static func lines(_ parts: [Part], room: Int, step: Int) -> [Line] {
    var lines: [Line] = []
    var x = Int.max / 2
    for var part in parts {
      part.columnCount = max(1, min(part.tiles.count, (room + tileGap) / step))
      let width = width(of: part, step: step)
      if x + width > room {
        lines.append(Line())
        x = 0
      }
      part.x = x
      lines[lines.count - 1].parts.append(part)
      x += width + partGap
    }
    return lines
  }

  private static func width(of part: Part, step: Int) -> Int {
    let words = part.lines.map(Style.small.width(of:)) + [Style.smallBold.width(of: part.title)]
    return max(part.columnCount * step - tileGap, words.max() ?? 0)
  }

  private func place(of index: Int, in part: Part, _ line: Line) -> (x: Int, y: Int) {
    let (row, column) = index.quotientAndRemainder(dividingBy: part.columnCount)
    return (
      Style.margin + Self.left + part.x + column * (tile.width + Self.tileGap),
      line.top + line.headHeight + row * (tile.height + Self.tileGap)
    )
  }

  // MARK: Drawing

  func draw(on canvas: Canvas) {
    frame.draw(on: canvas, contentHeight: contentHeight)
    if let control = lines.last(where: { $0.label?.isControl == true }), let last = lines.last {
      let y = control.top - 6
      canvas.fill(
        Rectangle(
          x: Style.margin - 6, y: y, width: frame.contentWidth + 12, height: last.top + last.height + 6 - y),
        Style.band)
    }
    for line in lines {
      if let label = line.label {
        LabelCell(row: label, key: key).draw(on: canvas, x: Style.margin, y: line.top)
      }
      for part in line.parts { draw(part, line, on: canvas) }
    }
  }

  private func draw(_ part: Part, _ line: Line, on canvas: Canvas) {
    let x = Style.margin + Self.left + part.x + tile.inset
    canvas.draw(part.title, x: x, baseline: line.top + 11, font: Style.smallBold, colour: Style.ink)
    var baseline = line.top + 11
    for words in part.lines {
      baseline += Self.wordsHeight
      canvas.draw(words, x: x, baseline: baseline, font: Style.small, colour: Style.faint)
    }
    for (index, content) in part.tiles.enumerated() {
      let place = place(of: index, in: part, line)
      tile.draw(content, on: canvas, x: place.x, y: place.y)
    }
  }

  private static func notes(for sheet: StrataSheet) -> [String] {
    let label = [
      "κ, z, bar, mean and s.d. are of the top group (κ: label agreement corrected for chance, 0 as for random images, "
        + "1 for a single class; z: (mean of its scores − mean) / standard deviation; bar: its classes)",
      "a ± b: mean and standard deviation of the scores of all ranked images",
      "active: share of ranked images with a score above 0",
      "histogram: scores of all ranked images, height ∝ √count, red line at the last score of the top group",
      "frame and code: true class; pixels in fixed [0, 1], no contrast stretched",
    ]
    return [label.joined(separator: " · ")]
  }
}
