import Images

/// The left cell of a contact sheet's row: the direction and the distribution of its scores.
struct LabelCell {
  static let width = 168
  static let height = 72
  private static let lineHeight = 14
  private static let histogramWidth = 72
  private static let histogramHeight = 26

  let row: ContactSheet.Row
  let key: ClassKey

  func draw(on canvas: Canvas, x: Int, y: Int) {
    let right = x + Self.width
    var baseline = y + 10

    let agreement = row.agreement.map { "κ " + Numbers.twoDecimals($0) } ?? ""
    let room = Self.width - Style.monoBold.width(of: agreement) - 8
    let id = Style.monoBold.truncated(row.id, toWidth: room)
    canvas.draw(id, x: x, baseline: baseline, font: Style.monoBold, colour: Style.ink)
    if row.isDead {
      canvas.drawTag("dead", x: x + Style.monoBold.width(of: id) + 8, y: baseline - 11, colour: Style.alarm)
    }
    canvas.draw(
      agreement, x: right, baseline: baseline, font: Style.monoBold, colour: Style.ink, alignment: .right)

    baseline += Self.lineHeight + 1
    drawLine(
      left: row.topClass(key.names) ?? row.note ?? "",
      right: row.purity.map { "purity " + Numbers.twoDecimals($0) } ?? "",
      on: canvas, x: x, baseline: baseline)

    baseline += Self.lineHeight
    let spread = row.standardDeviation.map { " ± " + Numbers.threeDigits($0) } ?? ""
    drawLine(
      left: row.mean.map { Numbers.threeDigits($0) + spread } ?? "",
      right: row.tailGap.map { "z " + Numbers.twoDecimals($0) } ?? "", on: canvas, x: x, baseline: baseline)

    let top = baseline + 6
    var barX = x
    if let histogram = row.histogram {
      draw(
        histogram, on: canvas,
        in: Rectangle(x: x, y: top, width: Self.histogramWidth, height: Self.histogramHeight))
      barX = x + Self.histogramWidth + 8
    }
    if let share = row.activeShare {
      canvas.draw(
        Numbers.percent(share) + " active", x: right, baseline: top + 9, font: Style.small,
        colour: Style.faint,
        alignment: .right)
    }
    drawClassBar(
      on: canvas,
      in: Rectangle(
        x: barX, y: top + Self.histogramHeight - Style.chipHeight, width: right - barX,
        height: Style.chipHeight))
  }

  private func drawLine(left: String, right: String, on canvas: Canvas, x: Int, baseline: Int) {
    let room = Self.width - (right.isEmpty ? 0 : Style.small.width(of: right) + 7)
    canvas.draw(
      Style.small.truncated(left, toWidth: room), x: x, baseline: baseline, font: Style.small,
      colour: Style.ink)
    canvas.draw(
      right, x: x + Self.width, baseline: baseline, font: Style.small, colour: Style.faint, alignment: .right)
  }

  /// Bars of height ∝ √count, so that the spike of a ReLU unit at zero does not hide the rest.
  private func draw(_ histogram: ContactSheet.Histogram, on canvas: Canvas, in box: Rectangle) {
    canvas.fill(Rectangle(x: box.x, y: box.bottom - 1, width: box.width, height: 1), Style.faint)
    let tallest = Double(max(histogram.counts.max() ?? 0, 1)).squareRoot()
    let binCount = histogram.counts.count
    for (bin, count) in histogram.counts.enumerated() where count > 0 {
      let left = box.x + bin * box.width / binCount
      let right = box.x + (bin + 1) * box.width / binCount
      // A nonempty bin is at least one pixel high.
      let height = max(1, Int((Double(count).squareRoot() / tallest * Double(box.height - 1)).rounded()))
      canvas.fill(
        Rectangle(x: left, y: box.bottom - 1 - height, width: max(1, right - left), height: height),
        .grey(130))
    }
    if let threshold = histogram.threshold {
      let x = box.x + min(Int(threshold * Double(box.width)), box.width - 1)
      canvas.fill(Rectangle(x: x, y: box.y, width: 1, height: box.height + 2), Style.alarm)
    }
  }

  private func drawClassBar(on canvas: Canvas, in box: Rectangle) {
    let total = row.classCounts.reduce(0, +)
    guard total > 0 else { return }
    var before = 0
    for (index, count) in row.classCounts.enumerated() where count > 0 {
      let left = box.x + before * box.width / total
      before += count
      let right = box.x + before * box.width / total
      let segment = Rectangle(x: left, y: box.y, width: right - left, height: box.height)
      if Style.smallBold.width(of: key.codes[index]) < segment.width {
        canvas.drawTag(key.codes[index], x: left, y: box.y, colour: key.colour(index), width: segment.width)
      } else {
        canvas.fill(segment, key.colour(index))
      }
      if left > box.x { canvas.fill(Rectangle(x: left, y: box.y, width: 1, height: box.height), .white) }
    }
  }
}
