import Images

/// One direction from its highest scores to its lowest: groups of images, each under its range of scores and its
/// fraction of all images.
///
/// A contact sheet shows only the top, where almost every direction looks selective. Groups run from left to right and
/// continue on the next line; the last line shows random images. Tiles, borders and contrast are those of
/// ``ContactSheet``.
public struct StrataSheet: Sendable, CanvasFigure {
  public struct Group: Sendable {
    public var title: String
    /// Below the title: range of scores, fraction of images. Not wrapped.
    public var lines: [String]
    /// In descending order of score.
    public var tiles: [ContactSheet.Tile]

    public init(title: String, lines: [String], tiles: [ContactSheet.Tile]) {
      (self.title, self.lines, self.tiles) = (title, lines, tiles)
    }
  }

  public var caption: FigureCaption
  public var classNames: [String]
  /// The direction: label, mean and deviation of its top images. The groups are drawn instead of its tiles.
  public var row: ContactSheet.Row
  public var groups: [Group]
  /// Random images, on a grey band at the end.
  public var control: ContactSheet.Row
  /// Whole factor by which images are enlarged; nil chooses one that brings them near 64 pixels.
  public var scale: Int?
  var preset = SheetPreset.screen

  public init(
    caption: FigureCaption, classNames: [String], row: ContactSheet.Row, groups: [Group],
    control: ContactSheet.Row, scale: Int? = nil
  ) {
    precondition(scale.map { $0 >= 1 } ?? true, "the scale must be at least 1")
    let tiles = groups.flatMap(\.tiles) + control.tiles
    precondition(
      tiles.allSatisfy { $0.classIndex.map(classNames.indices.contains) ?? true },
      "sheet \(row.id) names a class beyond its \(classNames.count)")
    (self.caption, self.classNames, self.row) = (caption, classNames, row)
    (self.groups, self.control, self.scale) = (groups, control, scale)
  }

  /// The sheet as one page of the preset's size; itself if the preset has none.
  ///
  /// Images are enlarged more than on the screen if the page holds them in as few lines, and made smaller only if they
  /// do not fit otherwise.
  ///
  /// - Returns: nil when even images that are not enlarged do not fit.
  public func page(for preset: SheetPreset) -> StrataSheet? {
    guard preset.extent != nil else { return self }
    var page = self
    page.preset = preset
    let onScreen = StrataSheetLayout(self)
    for scale in (1...3 * onScreen.scale).reversed() {
      page.scale = scale
      let layout = StrataSheetLayout(page)
      if layout.fits && (scale <= onScreen.scale || layout.lineCount <= onScreen.lineCount) { return page }
    }
    return nil
  }

  public var size: (width: Int, height: Int) { StrataSheetLayout(self).size }

  public func draw(on canvas: Canvas) { StrataSheetLayout(self).draw(on: canvas) }

  public var transcript: [String] {
    let key = ClassKey(names: classNames)
    func line(_ row: ContactSheet.Row) -> String {
      ([row.id] + row.summary(classNames)).joined(separator: "; ")
    }
    return [line(row)]
      + groups.map { "\(([$0.title] + $0.lines).joined(separator: ", ")): \($0.tiles.transcript(key))" }
      + ["\(line(control)): \(control.tiles.transcript(key))"]
  }
}
