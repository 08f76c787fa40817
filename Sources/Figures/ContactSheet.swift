import Images

/// Rows of the images that score highest along a direction, in one block or in several side by side.
///
/// One sheet of neurons, one of random directions, and the pair of both come from this one type: the blocks of
/// a sheet share tile size, row height and column count, so neither looks better for its layout.
/// Pixels keep the fixed domain [0, 1]; images are enlarged by whole factors. The sheet computes nothing: what it
/// prints is handed to it.
public struct ContactSheet: Sendable, CanvasFigure {
  public struct Block: Sendable {
    public var title: String
    public var subtitle: String
    public var rows: [Row]

    public init(title: String, subtitle: String = "", rows: [Row]) {
      (self.title, self.subtitle, self.rows) = (title, subtitle, rows)
    }
  }

  /// One direction, or the control row of random images. What is nil is not printed.
  public struct Row: Sendable {
    /// Address of the direction: `n042` for a neuron, `r007` for a random direction.
    public var id: String
    /// κ, chance-corrected label agreement: 0 for random images, 1 for a single class.
    public var agreement: Double?
    /// Share of the most frequent class among the images shown.
    public var purity: Double?
    /// Printed where the most frequent class stands, when there are no class counts.
    public var note: String?
    /// Mean of the scores of all ranked images.
    public var mean: Double?
    /// Standard deviation of the same scores.
    public var standardDeviation: Double?
    /// z, (mean of the top k − mean) / standard deviation.
    public var tailGap: Double?
    /// Share of the ranked images with a score above 0.
    public var activeShare: Double?
    /// The unit never speaks, or for fewer than k images.
    public var isDead: Bool
    /// Random images for comparison: the row stands on a grey band.
    public var isControl: Bool
    public var histogram: Histogram?
    /// How many of the row's images belong to each class; names the most frequent one and draws the bar.
    public var classCounts: [Int]
    /// From the highest score down. Fewer than in other rows are filled up with hatched cells.
    public var tiles: [Tile]
    /// Mean of the row's images, pixel by pixel.
    public var meanImage: Bitmap?
    /// Standard deviation of the row's images, pixel by pixel, not stretched.
    public var deviationImage: Bitmap?

    public init(
      id: String, agreement: Double? = nil, purity: Double? = nil, note: String? = nil, mean: Double? = nil,
      standardDeviation: Double? = nil, tailGap: Double? = nil, activeShare: Double? = nil,
      isDead: Bool = false, isControl: Bool = false, histogram: Histogram? = nil, classCounts: [Int] = [],
      tiles: [Tile], meanImage: Bitmap? = nil, deviationImage: Bitmap? = nil
    ) {
      self.id = id
      self.agreement = agreement
      self.purity = purity
      self.note = note
      self.mean = mean
      self.standardDeviation = standardDeviation
      self.tailGap = tailGap
      self.activeShare = activeShare
      self.isDead = isDead
      self.isControl = isControl
      self.histogram = histogram
      self.classCounts = classCounts
      self.tiles = tiles
      self.meanImage = meanImage
      self.deviationImage = deviationImage
    }
  }

  /// Counts of all scores in bins of equal width.
  public struct Histogram: Sendable {
    public var counts: [Int]
    /// Position of the k-th highest score between the lower edge of the first bin (0) and the upper edge of the
    /// last (1).
    public var threshold: Double?

    public init(counts: [Int], threshold: Double? = nil) {
      precondition(counts.allSatisfy { $0 >= 0 }, "counts must be non-negative")
      precondition(threshold.map((0...1).contains) ?? true, "the threshold is a position in 0...1")
      (self.counts, self.threshold) = (counts, threshold)
    }
  }

  public struct Tile: Sendable {
    /// nil draws a hatched cell.
    public var image: Bitmap?
    /// The score, usually by ``Numbers/threeDigits(_:)``.
    public var caption: String
    /// True class of the image: its colour is the frame, its code stands beside the caption.
    public var classIndex: Int?
    /// The network names another class: a red corner.
    public var isMisclassified: Bool

    public init(image: Bitmap?, caption: String = "", classIndex: Int? = nil, isMisclassified: Bool = false) {
      (self.image, self.caption) = (image, caption)
      (self.classIndex, self.isMisclassified) = (classIndex, isMisclassified)
    }
  }

  /// Which images the mean, the deviation and the active share of a row are of.
  public enum Population: Sendable { case rankedImages, classOfRow }

  public var caption: FigureCaption
  public var classNames: [String]
  public var blocks: [Block]
  /// Whole factor by which images are enlarged; nil chooses one that brings them near 64 pixels.
  public var scale: Int?
  public var population = Population.rankedImages
  /// nil: as large as the content.
  var arrangement: PageArrangement?

  public init(caption: FigureCaption, classNames: [String], blocks: [Block], scale: Int? = nil) {
    precondition(!blocks.isEmpty, "a contact sheet has at least one block")
    precondition(scale.map { $0 >= 1 } ?? true, "the scale must be at least 1")
    for row in blocks.flatMap(\.rows) {
      precondition(
        row.tiles.allSatisfy { $0.classIndex.map(classNames.indices.contains) ?? true }
          && row.classCounts.count <= classNames.count,
        "row \(row.id) names a class beyond the \(classNames.count) of the sheet")
    }
    (self.caption, self.classNames, self.blocks, self.scale) = (caption, classNames, blocks, scale)
  }

  public var size: (width: Int, height: Int) { ContactSheetLayout(self).size }

  public func draw(on canvas: Canvas) { ContactSheetLayout(self).draw(on: canvas) }

  public var transcript: [String] {
    let key = ClassKey(names: classNames)
    return blocks.flatMap { block in
      [block.title]
        + block.rows.map { row in
          row.id + ": "
            + (row.summary(classNames) + [row.tiles.transcript(key)]).joined(separator: "; ")
        }
    }
  }
}

extension ContactSheet.Row {
  /// The most frequent class as `7/9 Bag`; of equally frequent classes the first. nil for an empty row.
  func topClass(_ names: [String]) -> String? {
    guard let most = classCounts.max(), most > 0, let index = classCounts.firstIndex(of: most) else {
      return nil
    }
    return "\(most)/\(classCounts.reduce(0, +)) \(names[index])"
  }

  func summary(_ names: [String]) -> [String] {
    [
      isDead ? "dead" : nil,
      agreement.map { "κ " + Numbers.twoDecimals($0) },
      purity.map { "purity " + Numbers.twoDecimals($0) },
      topClass(names) ?? note,
      mean.map { "mean " + Numbers.threeDigits($0) },
      standardDeviation.map { "s.d. " + Numbers.threeDigits($0) },
      tailGap.map { "z " + Numbers.twoDecimals($0) },
      activeShare.map { Numbers.percent($0) + " active" },
    ].compactMap { $0 }
  }
}

extension [ContactSheet.Tile] {
  /// Captions and classes in words; how many images there are where they have neither.
  func transcript(_ key: ClassKey) -> String {
    let words = map { tile in
      guard tile.image != nil else { return "none" }
      let name = tile.classIndex.map { key.names[$0] } ?? ""
      return [tile.caption, name, tile.isMisclassified ? "(misclassified)" : ""].filter { !$0.isEmpty }
        .joined(separator: " ")
    }
    return words.allSatisfy(\.isEmpty) ? "\(count) images" : words.joined(separator: ", ")
  }
}
