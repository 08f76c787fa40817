import Images

/// The title above and the legend, notes and footer below a figure's content, wrapped to its width.
struct SheetFrame {
  /// Width of everything inside the margins.
  let contentWidth: Int
  let title: [String]
  let subtitle: [String]
  let notes: [String]
  let footer: [String]
  /// Entries of the legend, line by line.
  private let legend: [[LegendEntry]]

  enum LegendEntry {
    case classes(ClassKey, Int)
    case misclassified
    case missing

    /// The most classes whose names are all listed; with more, only those shown are.
    private static let mostClasses = 40

    /// - Parameter shown: The classes on the figure.
    /// - Returns: Entries, and a note if not all classes have one.
    static func classes(_ key: ClassKey, shown: some Sequence<Int>) -> (
      entries: [LegendEntry], note: [String]
    ) {
      let count = key.names.count
      guard count > mostClasses else { return ((0..<count).map { .classes(key, $0) }, []) }
      let indices = Set(shown).sorted()
      return (
        indices.map { .classes(key, $0) },
        ["The key has the \(indices.count) classes on this figure, of \(count)."]
      )
    }
  }

  /// - Parameters:
  ///   - cell: The cell of the images, whose enlargement is stated.
  ///   - minimumWidth: The frame's minimum width, even if the content is narrower.
  init(
    _ caption: FigureCaption, showing cell: TileCell? = nil, contentWidth: Int, minimumWidth: Int = 300,
    legend: [LegendEntry] = [], notes: [String] = []
  ) {
    let width = max(contentWidth, minimumWidth)
    self.contentWidth = width
    title = caption.title.isEmpty ? [] : Style.title.wrapped(caption.title, toWidth: width)
    subtitle = caption.subtitle.isEmpty ? [] : Style.text.wrapped(caption.subtitle, toWidth: width)
    self.notes = (notes + [cell?.enlargementNote].compactMap(\.self)).flatMap {
      Style.small.wrapped($0, toWidth: width)
    }
    footer = caption.footer.flatMap { Style.small.wrapped($0, toWidth: width) }
    self.legend = Self.lines(legend, width: width)
  }

  var width: Int { contentWidth + 2 * Style.margin }
  /// Top of the content.
  var contentTop: Int {
    Style.margin + title.count * 24 + subtitle.count * 17 + (title.isEmpty && subtitle.isEmpty ? 0 : 10)
  }

  func height(contentHeight: Int) -> Int {
    contentTop + contentHeight + belowHeight + Style.margin
  }

  private var belowHeight: Int {
    let legendHeight = legend.isEmpty ? 0 : 12 + legend.count * 20
    let notesHeight = notes.isEmpty ? 0 : notesGap + notes.count * 16
    let footerHeight = footer.isEmpty ? 0 : 17 + footer.count * 16
    return legendHeight + notesHeight + footerHeight
  }

  private var notesGap: Int { legend.isEmpty ? 16 : 8 }

  func draw(on canvas: Canvas, contentHeight: Int) {
    var y = Style.margin
    for line in title {
      canvas.draw(line, x: Style.margin, baseline: y + 16, font: Style.title, colour: Style.ink)
      y += 24
    }
    for line in subtitle {
      canvas.draw(line, x: Style.margin, baseline: y + 12, font: Style.text, colour: Style.faint)
      y += 17
    }
    y = contentTop + contentHeight
    if !legend.isEmpty {
      y += 12
      for line in legend {
        var x = Style.margin
        for entry in line { x += draw(entry, on: canvas, x: x, y: y) + Self.legendGap }
        y += 20
      }
    }
    if !notes.isEmpty {
      y += notesGap
      for line in notes {
        canvas.draw(line, x: Style.margin, baseline: y + 11, font: Style.small, colour: Style.faint)
        y += 16
      }
    }
    if !footer.isEmpty {
      y += 8
      canvas.fill(Rectangle(x: Style.margin, y: y, width: contentWidth, height: 1), Style.rule)
      y += 9
      for line in footer {
        canvas.draw(line, x: Style.margin, baseline: y + 11, font: Style.small, colour: Style.ink)
        y += 16
      }
    }
  }

  // MARK: Legend

  private static let legendGap = 14

  private static func lines(_ entries: [LegendEntry], width: Int) -> [[LegendEntry]] {
    var lines: [[LegendEntry]] = []
    var used = Int.max / 2
    for entry in entries {
      let entryWidth = Self.width(of: entry)
      if used + entryWidth > width {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(entry)
      used += entryWidth + legendGap
    }
    return lines
  }

  private static func words(_ entry: LegendEntry) -> String {
    switch entry {
    case .classes(let key, let index): Style.small.truncated(key.names[index], toWidth: 160)
    case .misclassified: "the network names another class"
    case .missing: "no image"
    }
  }

  private static func markWidth(_ entry: LegendEntry) -> Int {
    switch entry {
    case .classes(let key, _): key.chipWidth
    case .misclassified: 13
    case .missing: 16
    }
  }

  private static func width(of entry: LegendEntry) -> Int {
    markWidth(entry) + 5 + Style.small.width(of: words(entry))
  }

  private func draw(_ entry: LegendEntry, on canvas: Canvas, x: Int, y: Int) -> Int {
    let box = Rectangle(x: x, y: y, width: Self.markWidth(entry), height: Style.chipHeight)
    switch entry {
    case .classes(let key, let index):
      canvas.drawChip(key, index, x: x, y: y)
    case .misclassified:
      canvas.fill(box, .grey(225))
      TileCell.drawMisclassifiedMark(on: canvas, inside: box)
    case .missing:
      canvas.hatch(box)
      canvas.frame(box, Style.rule)
    }
    canvas.draw(
      Self.words(entry), x: box.right + 5, baseline: y + 11, font: Style.small, colour: Style.ink)
    return Self.width(of: entry)
  }
}
