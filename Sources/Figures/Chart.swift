import Escapes
import Foundation
import Images
import Storage

/// A chart, kept with its numbers and with a script of gnuplot by which it can be restyled.
///
/// There are five files: `NAME.png` for the screen, `NAME.pdf` for an article, its numbers `NAME.csv`, its texts
/// `NAME.txt`, and the script `NAME.gp`. Picture and script come from the same ``Plot``s; no other program draws. The
/// script refers to the other files without a folder, so they can be moved together. Names and other text reach
/// gnuplot only through `NAME.txt` and are never part of the script (``ChartCode``).
public struct Chart: CanvasFigure, Sendable {
  public let caption: FigureCaption
  let numbers: ChartTable
  let plots: [Plot]
  let colourBar: ColourBar?
  /// Heading, legend and foot.
  let surroundings: Sketch
  /// Size in screen pixels, 96 per inch.
  let width: Int
  let height: Int

  /// PNG pixels per screen pixel, each way: text remains sharp in print.
  static let scale = 2

  /// Endings of a chart's file names.
  public static let fileEndings = ["png", "pdf", "csv", "txt", "gp"]

  /// - Parameters:
  ///   - colourBar: The key of a heat map.
  ///   - texts: Texts outside the plots.
  ///   - bottom: Where the content ends; nil: at the lowest plot's axis name.
  init(
    _ caption: FigureCaption, _ numbers: ChartTable, _ frame: ChartFrame, _ plots: [Plot],
    colourBar: ColourBar? = nil, texts: Sketch = Sketch(), bottom: Int? = nil
  ) {
    let bottom = bottom ?? plots.map(\.bottom).max() ?? frame.top
    (self.caption, self.numbers, self.plots, self.colourBar) = (caption, numbers, plots, colourBar)
    surroundings = frame.sketch(bottom: bottom) + texts
    (width, height) = frame.size(bottom: bottom)
  }

  /// Heading first.
  var table: [[any CSVValue]] { [numbers.heading] + numbers.rows }

  /// Everything that is drawn, in screen pixels.
  var sketch: Sketch {
    var sketch = plots.reduce(surroundings) { $0 + $1.sketch(of: numbers) }
    if let colourBar { sketch = sketch + colourBar.sketch }
    return sketch
  }

  public var size: (width: Int, height: Int) { (Self.scale * width, Self.scale * height) }

  public func draw(on canvas: Canvas) {
    let sketch = sketch
    canvas.enlarged(by: Self.scale) { canvas.draw(sketch) }
  }

  /// The texts of the picture, without its numbers.
  public var transcript: [String] {
    sketch.texts.map(\.text).filter { $0.contains(where: \.isLetter) }
  }

  /// Writes `name.csv`, `name.txt`, `name.gp` and the pictures to `folder`. The same chart gives the same bytes.
  ///
  /// - Parameter name: ASCII letters, digits and hyphens, because it is used in the script.
  /// - Throws: ``FileError`` when a file cannot be written; ``FigureTooLarge``, unless ``FigureFailures`` are recorded.
  ///   A chart that cannot be drawn leaves earlier files unchanged.
  public func write(named name: String, in folder: URL) throws {
    precondition(
      !name.isEmpty && name == FileName.plain(name),
      "the file name of a chart is made of ASCII letters, digits and hyphens, got \"\(name)\"")
    func file(_ ending: String) -> URL { folder.appending(path: "\(name).\(ending)") }
    try FigureFailures.noting(file("png"), and: Self.fileEndings.dropFirst().map(file)) {
      try writeUnnoted(to: file("png"))
      try FigureDocument.writeUnnoted([self], pixelsPerInch: 96 * Self.scale, to: file("pdf"))
      let (script, words) = script(named: name)
      try AtomicFile.write(csv, to: file("csv"))
      try AtomicFile.write(words, to: file("txt"))
      try AtomicFile.write(script, to: file("gp"))
    }
  }

  private var csv: String {
    table.map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
  }

  /// What is not finite does not exist: an empty field.
  static func field(_ value: any CSVValue) -> String {
    (value as? Double)?.isFinite == false ? "" : value.csvField(isForGnuplot: true)
  }
}

extension ColourBar {
  var sketch: Sketch {
    var sketch = Sketch()
    for row in 0..<area.height {
      let share = (Double(area.height - row) - 0.5) / Double(area.height)
      sketch.area(
        Rectangle(x: area.x, y: area.y + row, width: area.width, height: 1),
        scale.colour(share * scale.largest))
    }
    for tick in axis.ticks {
      let y = Double(area.bottom) - axis.share(tick.value) * Double(area.height)
      sketch.line(
        [.init(x: Double(area.right), y: y.rounded()), .init(x: Double(area.right) + 4, y: y.rounded())],
        Style.faint)
      sketch.text(
        tick.label, x: area.right + Plot.labelGap,
        baseline: Int(y.rounded()) + ChartFrame.font.capHeight / 2, font: ChartFrame.font)
    }
    if !axis.name.isEmpty {
      let labels = axis.ticks.map { ChartFrame.font.width(of: $0.label) }.max() ?? 0
      sketch.text(
        axis.name, x: area.right + Plot.labelGap + labels + 20, baseline: area.y + area.height / 2,
        font: ChartFrame.font, alignment: .centre, degrees: 90)
    }
    return sketch
  }

  /// Room for bar, numbers and name.
  static func width(of axis: PlotAxis) -> Int {
    let labels = axis.ticks.map { ChartFrame.font.width(of: $0.label) }.max() ?? 0
    return barWidth + Plot.labelGap + labels + (axis.name.isEmpty ? 0 : 24)
  }

  static let barWidth = 16
}
