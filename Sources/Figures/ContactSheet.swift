import Images

/// Rows of the images with the highest scores along a direction, in one block or in several side by side.
///
/// Sheets of neurons, of random directions, and of both are all of this type: the blocks of a sheet share tile size,
/// row height and column count, so the layout favours neither. Pixels keep the fixed range [0, 1]; images are enlarged
/// by integer factors. The sheet computes nothing: it prints what it is given.
public struct ContactSheet: Sendable, CanvasFigure {
  public struct Block: Sendable {
    public var title: String
    public var subtitle: String
    public var rows: [Row]

    public init(title: String, subtitle: String = "", rows: [Row]) {
      (self.title, self.subtitle, self.rows) = (title, subtitle, rows)
    }
  }

  /// One direction, or the control row of random images. Values that are nil are not printed.
  public struct Row: Sendable {
    /// The direction's ID: `n042` for a neuron, `r007` for a random direction.
    public var id: String
    /// κ, chance-corrected label agreement: 0 for random images, 1 for a single class.
    public var agreement: Double?
    /// Fraction of the most frequent class among the images shown.
    public var purity: Double?
    /// Printed in place of the most frequent class when there are no class counts.
    public var note: String?
    /// Mean of the scores of all ranked images.
    public var mean: Double?
    /// Standard deviation of the same scores.
    public var standardDeviation: Double?
    /// z, (mean of the top k − mean) / standard deviation.
    public var tailGap: Double?
    /// Fraction of ranked images with a score above 0.
    public var activeShare: Double?
    /// Whether the unit is active for no image, or fewer than k.
    public var isDead: Bool
    /// Whether these are random images for comparison: the row has a grey band.
    public var isControl: Bool
    public var histogram: Histogram?
    /// Number of the row's images in each class; names the most frequent one and draws the bar.
    public var classCounts: [Int]
    /// In descending order of score. Rows with fewer tiles than others are filled with hatched cells.
    public var tiles: [Tile]
    /// Pixelwise mean of the row's images.
    public var meanImage: Bitmap?
    /// Pixelwise standard deviation of the row's images, not stretched.
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
    /// The score, usually formatted by ``Numbers/threeDigits(_:)``.
    public var caption: String
    /// The true class of the image: its colour is the border, its code is beside the caption.
    public var classIndex: Int?
    /// Whether the image is misclassified: a red corner.
    public var isMisclassified: Bool

    public init(image: Bitmap?, caption: String = "", classIndex: Int? = nil, isMisclassified: Bool = false) {
      (self.image, self.caption) = (image, caption)
      (self.classIndex, self.isMisclassified) = (classIndex, isMisclassified)
    }
  }

  /// The images to which the mean, the deviation and the active fraction of a row refer.
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
  /// The most frequent class as `7/9 Bag`; the first in a tie. nil for an empty row.
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
  /// Captions and classes in words; the number of images if they have neither.
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
