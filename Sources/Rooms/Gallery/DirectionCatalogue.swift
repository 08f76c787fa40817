import Datasets
import Directions
import Images
import Lab
import Storage
import Tensors

/// The directions of a gallery one by one, not only those on its sheets: the content of `directions.json`, and what
/// a page needs to show each of them.
///
/// Pictures stand in sprite sheets, `sprites/directions-1.png` and so on, each at most ``Sprites/largestSide`` pixels
/// each way: a row of tiles for each direction, its top images first, then those drawn from each stratum.
public struct DirectionCatalogue: Codable, Equatable, Sendable {
  /// One direction.
  public struct Entry: Codable, Equatable, Sendable {
    /// Another direction of the catalogue, and how many top images the two share.
    public struct Neighbour: Codable, Equatable, Sendable {
      public var id: String
      public var sharedImages: Int
    }

    public var isNeuron: Bool
    /// With strata, of which the top is left out: those are the row's own images.
    public var row: GalleryRankings.Row
    public var selectivity: ClassSelectivity
    /// Those that share most of the top images, at most three; none that shares none.
    public var neighbours: [Neighbour]
    /// Which sprite sheet, from 0, and which row of it.
    public var sheet: Int
    public var sheetRow: Int
  }

  /// Directions of each kind, at most, besides those on the sheets.
  static let entryLimit = 256
  /// Images drawn from a stratum, at most.
  static let drawnCount = 3

  public var topCount: Int
  public var imageCount: Int
  public var classNames: [String]
  /// What stands beside the neurons.
  public var family: DirectionFamily
  public var sprites: Sprites
  /// Neurons first, each kind by number.
  public var entries: [Entry]

  package init(
    _ entries: [Entry], images: LabelledImages, topCount: Int, family: DirectionFamily
  ) {
    let sprites = Sprites(
      shape: images.shape, topCount: topCount,
      strataCount: entries.map { $0.row.strata?.reduce(0) { $0 + $1.images.count } ?? 0 }.max() ?? 0)
    let sharing = Self.neighbours(of: entries)
    self.topCount = topCount
    imageCount = images.count
    classNames = images.classNames
    self.family = family
    self.sprites = sprites
    self.entries = entries.enumerated().map { number, entry in
      var entry = entry
      entry.neighbours = sharing[number]
      (entry.sheet, entry.sheetRow) = number.quotientAndRemainder(dividingBy: sprites.rowsPerSheet)
      return entry
    }
  }

  /// Only pairs that share an image are visited.
  private static func neighbours(of entries: [Entry]) -> [[Entry.Neighbour]] {
    var holders: [Int: [Int]] = [:]
    for (number, entry) in entries.enumerated() {
      for image in entry.row.images { holders[image.imageIndex, default: []].append(number) }
    }
    return entries.enumerated().map { number, entry in
      var shared: [Int: Int] = [:]
      for image in entry.row.images {
        for other in holders[image.imageIndex] ?? [] where other != number { shared[other, default: 0] += 1 }
      }
      return shared.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map {
        Entry.Neighbour(id: entries[$0.key].row.id, sharedImages: $0.value)
      }
    }
  }

  /// `sprites/directions-1.png` …
  public var sheetNames: [String] {
    (0..<(entries.map(\.sheet).max() ?? -1) + 1).map { "sprites/directions-\($0 + 1).png" }
  }

  /// The sprite sheet of ``sheetNames`` with this number.
  package func sheet(_ number: Int, of images: LabelledImages) -> Bitmap {
    sprites.sheet(of: entries.filter { $0.sheet == number }.map(Self.shown), from: images)
  }

  /// Images in the order of the tiles.
  private static func shown(of entry: Entry) -> (top: [Int], strata: [Int]) {
    (entry.row.images.map(\.imageIndex), (entry.row.strata ?? []).flatMap { $0.images.map(\.imageIndex) })
  }

  /// A line for each direction.
  package var table: CSVWriter {
    var table = CSVWriter(columns: [
      "id", "kind", "kappa", "purity", "adjusted_purity", "top_class", "top_class_images", "auc_max",
      "auc_class", "d_prime", "mean", "standard_deviation", "minimum", "maximum", "positive_share",
      "zero_share", "skewness", "tail_gap", "ties_at_last_rank",
    ])
    func name(_ label: Int?) -> String { label.map { classNames[$0] } ?? "" }
    for entry in entries {
      let (agreement, statistics) = (entry.row.agreement, entry.row.statistics)
      table.append([
        entry.row.id, (entry.isNeuron ? .neurons : family).singular, agreement.kappa,
        agreement.purity,
        entry.row.adjustedPurity, name(agreement.topClass), agreement.topClassCount,
        entry.selectivity.aucMax, name(entry.selectivity.topClass), entry.selectivity.dPrime,
        statistics?.mean, statistics?.standardDeviation,
        statistics.map { Double($0.minimum) },
        statistics.map { Double($0.maximum) }, statistics?.positive.value,
        statistics?.zero.value, statistics?.skewness, statistics?.tailGap,
        statistics?.tiesAtLastRank ?? 0,
      ])
    }
    return table
  }
}

extension DirectionCatalogue {
  /// How the tiles lie on the sprite sheets.
  public struct Sprites: Codable, Equatable, Sendable {
    /// Pixels each way that every browser shows.
    public static let largestSide = 4096
    /// Larger images are made smaller.
    static let largestTile = 64
    /// Top images of a direction that are shown.
    static let largestTop = 25

    public var tileWidth: Int
    public var tileHeight: Int
    public var topColumns: Int
    public var columns: Int

    package init(shape: ImageShape, topCount: Int, strataCount: Int) {
      let longest = max(shape.width, shape.height)
      func scaled(_ side: Int) -> Int {
        longest <= Self.largestTile ? side : max(1, side * Self.largestTile / longest)
      }
      (tileWidth, tileHeight) = (scaled(shape.width), scaled(shape.height))
      topColumns = min(topCount, Self.largestTop)
      columns = topColumns + strataCount
    }

    public var rowsPerSheet: Int { Self.largestSide / tileHeight }

    /// One sheet: a row of tiles for each of `rows`; places without an image are grey.
    package func sheet(of rows: [(top: [Int], strata: [Int])], from images: LabelledImages) -> Bitmap {
      let channels = images.shape.channels
      let width = columns * tileWidth
      var samples = [UInt8](repeating: 128, count: width * rows.count * tileHeight * channels)
      for (row, shown) in rows.enumerated() {
        let places =
          shown.top.prefix(topColumns).enumerated().map { ($0, $1) }
          + shown.strata.enumerated().map { (topColumns + $0, $1) }
        for (column, image) in places {
          let tile = tile(image, of: images)
          for y in 0..<tileHeight {
            let source = y * tileWidth * channels
            let target = ((row * tileHeight + y) * width + column * tileWidth) * channels
            samples.replaceSubrange(
              target..<target + tileWidth * channels,
              with: tile.samples[source..<source + tileWidth * channels])
          }
        }
      }
      return Bitmap(width: width, height: rows.count * tileHeight, channels: channels, samples: samples)
    }

    private func tile(_ image: Int, of images: LabelledImages) -> Bitmap {
      let shape = images.shape
      let whole = Bitmap(
        planar: images.tensor(of: [image]).elements, channels: shape.channels, height: shape.height,
        width: shape.width)
      return whole.width == tileWidth && whole.height == tileHeight
        ? whole : whole.resized(width: tileWidth, height: tileHeight)
    }
  }
}
