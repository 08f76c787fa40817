import Images

/// Positions of all parts of an adversarial grid, and its drawing.
struct AdversarialGridLayout {
  private let grid: AdversarialGrid
  private let key: ClassKey
  private let frame: SheetFrame
  private let cell: TileCell
  private let cellWidth: Int
  private let columnCount: Int

  private static let cellGap = 8
  private static let columnGap = 40
  private static let rowGap = 18
  private static let headHeight = 22
  private static let captionHeight = 36
  private static let markHeight = 19

  init(_ grid: AdversarialGrid) {
    self.grid = grid
    let key = ClassKey(names: grid.classNames)
    self.key = key
    let (width, height) = grid.entries.first.map { ($0.clean.width, $0.clean.height) } ?? (28, 28)
    cell = TileCell(
      imageWidth: width, imageHeight: height,
      scale: grid.scale ?? Style.scale(width: width, height: height, target: 96))
    columnCount = max(1, min(grid.columns, grid.entries.count))
    // Wide enough for the printed class names, within reason, and for the column heads.
    let shown = Set(
      grid.entries.flatMap { [$0.cleanPrediction.classIndex, $0.adversarialPrediction.classIndex] })
    let nameWidth = shown.map { Style.small.width(of: grid.classNames[$0]) + key.chipWidth + 5 }.max() ?? 0
    let headWidth = Style.small.width(of: Self.heads(grid.amplification)[1])
    cellWidth = max(cell.width, headWidth, min(nameWidth, 150))
    let entryWidth = 3 * cellWidth + 2 * Self.cellGap
    frame = SheetFrame(
      grid.caption, showing: cell, contentWidth: columnCount * (entryWidth + Self.columnGap) - Self.columnGap,
      notes: [Self.note(on: grid)])
  }

  private static func note(on grid: AdversarialGrid) -> String {
    let isClipped = grid.entries.contains { entry in
      entry.perturbation.contains { grid.amplification * Double(abs($0)) > 0.501 }
    }
    let isRounded = grid.entries.contains { $0.rounding != nil }
    let isRepaired = grid.entries.contains { $0.rounding == .repaired }
    return
      "perturbation: perturbed − clean, ×\(Numbers.factor(grid.amplification)) for every image of this figure,"
      + " mid-grey = 0\(isClipped ? ", clipped" : "") · L₂, L∞: its size, pixels in [0, 1] · frame and code: class"
      + " named by the network · per cent: its confidence"
      + (isRounded ? " · survives PNG: fools it after rounding to 8 bits too" : "")
      + (isRepaired
        ? "; repaired: rounding undid that, and the saved file was pushed back by single levels" : "")
  }

  var size: (width: Int, height: Int) { (frame.width, frame.height(contentHeight: contentHeight)) }

  var scale: Int { cell.scale }

  /// Upper left pixel of an enlarged image; `part` 0 is clean, 1 the perturbation, 2 adversarial.
  func imageOrigin(entry: Int, part: Int) -> (x: Int, y: Int) {
    let (x, y) = origin(of: entry)
    return (
      x + part * (cellWidth + Self.cellGap) + Style.border,
      y + Self.headHeight + Style.border
    )
  }

  func drawn() -> Bitmap {
    let canvas = Canvas(width: size.width, height: size.height)
    frame.draw(on: canvas, contentHeight: contentHeight)
    for column in 0..<columnCount {
      for (part, head) in Self.heads(grid.amplification).enumerated() {
        canvas.draw(
          head, x: Style.margin + column * (entryWidth + Self.columnGap) + part * (cellWidth + Self.cellGap),
          baseline: frame.contentTop + 11, font: Style.small, colour: Style.faint)
      }
    }
    for index in grid.entries.indices { draw(entry: index, on: canvas) }
    return canvas.bitmap
  }

  // MARK: Measures

  private static func heads(_ amplification: Double) -> [String] {
    // Not "adversarial": some of these fool no network.
    ["clean", "perturbation ×\(Numbers.factor(amplification))", "perturbed"]
  }

  private var entryWidth: Int { 3 * cellWidth + 2 * Self.cellGap }
  private var entryHeight: Int { Self.headHeight + cell.height + Self.captionHeight + Self.markHeight }
  private var rowCount: Int { (grid.entries.count + columnCount - 1) / columnCount }

  private var contentHeight: Int {
    Self.headTop + rowCount * (entryHeight + Self.rowGap) - (rowCount > 0 ? Self.rowGap : 0)
  }

  /// Height of the line with the three column heads.
  private static let headTop = 22

  private func origin(of entry: Int) -> (x: Int, y: Int) {
    (
      Style.margin + entry % columnCount * (entryWidth + Self.columnGap),
      frame.contentTop + Self.headTop + entry / columnCount * (entryHeight + Self.rowGap)
    )
  }

  // MARK: Drawing

  private func draw(entry index: Int, on canvas: Canvas) {
    let entry = grid.entries[index]
    let (x, y) = origin(of: index)
    drawHead(of: entry, on: canvas, x: x, y: y)

    let picture = AdversarialGrid.picture(
      ofPerturbation: entry.perturbation, like: entry.clean, amplification: grid.amplification)
    let top = y + Self.headHeight
    let parts: [(image: Bitmap, prediction: AdversarialGrid.Prediction?)] = [
      (entry.clean, entry.cleanPrediction), (picture, nil), (entry.adversarial, entry.adversarialPrediction),
    ]
    for (part, content) in parts.enumerated() {
      let left = x + part * (cellWidth + Self.cellGap)
      cell.draw(
        content.image, on: canvas, x: left, y: top,
        frame: content.prediction.map { key.colour($0.classIndex) })
      if let prediction = content.prediction {
        draw(prediction, on: canvas, x: left, y: top + cell.height + 3)
      } else {
        for (line, text) in ["L₂ \(Numbers.threeDigits(entry.l2))", "L∞ \(Numbers.threeDigits(entry.linf))"]
          .enumerated()
        {
          canvas.draw(
            text, x: left + Style.border, baseline: top + cell.height + 14 + line * 16, font: Style.small,
            colour: Style.ink)
        }
      }
    }
    var markX = x
    for mark in entry.marks {
      markX +=
        canvas.drawTag(
          mark.words, x: markX, y: top + cell.height + Self.captionHeight + 4, colour: mark.colour) + 6
    }
  }

  private func drawHead(of entry: AdversarialGrid.Entry, on canvas: Canvas, x: Int, y: Int) {
    let id = Style.monoBold.truncated(entry.id, toWidth: entryWidth / 2)
    canvas.draw(id, x: x, baseline: y + 14, font: Style.monoBold, colour: Style.ink)
    let left = x + Style.monoBold.width(of: id) + 10
    var words = "true class \(key.names[entry.trueClass])"
    if let target = entry.targetClass { words += ", target \(key.names[target])" }
    canvas.draw(
      Style.small.truncated(words, toWidth: x + entryWidth - left), x: left, baseline: y + 14,
      font: Style.small,
      colour: Style.faint)
  }

  private func draw(_ prediction: AdversarialGrid.Prediction, on canvas: Canvas, x: Int, y: Int) {
    let chipWidth = canvas.drawChip(key, prediction.classIndex, x: x, y: y)
    canvas.draw(
      Style.small.truncated(key.names[prediction.classIndex], toWidth: cellWidth - chipWidth - 5),
      x: x + chipWidth + 5, baseline: y + 11, font: Style.small, colour: Style.ink)
    canvas.draw(
      Numbers.percent(prediction.confidence), x: x, baseline: y + 27, font: Style.small, colour: Style.ink)
  }
}
