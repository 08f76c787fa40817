import Adversarial
import Directions
import Lab
import Networks
import Storage
import Tensors

/// What a gallery shows, and the numbers behind it: the content of `rankings.json`.
///
/// The contact sheets and `rankings.csv` are made from this record and the images, nothing else.
public struct GalleryRankings: Codable, Equatable, Sendable {
  public struct Image: Codable, Equatable, Sendable {
    /// Position among the images of the split.
    public var imageIndex: Int
    /// ⟨φ(x), v⟩; nil where no direction chose the image.
    public var score: Float?
    /// True class.
    public var label: Int
    /// Class and confidence that the network gives the image.
    public var prediction: Prediction
  }

  /// A group of images at one height of a direction's scores, with the few of it that a strata sheet shows.
  public struct Stratum: Codable, Equatable, Sendable {
    public var kind: Strata.Kind
    /// First rank of the group, counted from 1.
    public var firstRank: Int
    /// Images in the group.
    public var size: Proportion
    public var highest: Float
    public var lowest: Float
    /// By rank.
    public var images: [Image]
  }

  /// A class with its best images along a direction.
  public struct ClassRow: Codable, Equatable, Sendable {
    public var label: Int
    /// Images of the class.
    public var imageCount: Int
    /// Of the scores of the class.
    public var mean: Double?
    public var standardDeviation: Double?
    /// Images of the class with a score above 0.
    public var positive: Proportion
    /// Rank of the best image among all images.
    public var bestRank: Int?
    /// Best first.
    public var images: [Image]
  }

  /// A direction with its top images, best first, or a set of random images.
  public struct Row: Codable, Equatable, Sendable {
    /// `n042` for unit 42, `r007` for random direction 7 (other families have other letters), `i000` for a set of
    /// random images.
    public var id: String
    /// Of the scores of all images; nil for random images.
    public var statistics: ActivationStatistics?
    /// κ and the most frequent class.
    public var agreement: LabelAgreement
    /// (purity − chance) / (1 − chance).
    public var adjustedPurity: Double?
    public var images: [Image]
    /// From the top down, if asked for.
    public var strata: [Stratum]?
    /// One for each class, if asked for.
    public var classes: [ClassRow]?
  }

  public var toolVersion: String
  public var modelName: String
  public var modelChecksum: String
  public var dataName: String
  public var dataChecksum: String
  public var split: ImageSplit
  public var imageCount: Int
  public var classNames: [String]
  /// Images that the network puts into their class.
  public var correct: Proportion
  /// What the units are put beside: the rows of ``randomDirections``.
  public var family: DirectionFamily
  public var features: FeatureSpace
  /// k.
  public var topCount: Int
  public var seed: UInt64
  /// How the rows were chosen; nil for a random sample.
  public var selection: RowSelection?
  /// Purity that random images reach; κ needs no such number, its chance level is 0.
  public var chancePurity: ChancePurity
  /// Units above 0 for fewer than k images: not sampled.
  public var deadUnits: [String]
  /// Units with one and the same value for all images: not sampled.
  public var constantUnits: [String]
  /// κ of all live units and of as many other directions, where there are as many.
  public var agreement: AgreementComparison
  /// What the reader of a figure has to know besides: see ``GalleryExperiment``.
  public var remarks: [String]
  public var neurons: [Row]
  public var randomDirections: [Row]
  /// Two rows, one for the foot of each block.
  public var randomImages: [Row]

  public var liveUnitCount: Int { features.unitCount - deadUnits.count - constantUnits.count }

  /// All rows with the name of their block.
  public var blocks: [(name: String, rows: [Row])] {
    [("neurons", neurons), (family.words, randomDirections), ("random images", randomImages)]
  }

  /// One line for each row and rank.
  public var table: CSVWriter {
    table(columns: ["rank"]) { row in
      row.images.enumerated().map { ([$0 + 1], $1) }
    }
  }

  /// One line for each image of each group of each direction; empty but for its head without strata.
  public var strataTable: CSVWriter {
    table(columns: ["group", "first_rank", "last_rank", "group_images"]) { row in
      (row.strata ?? []).flatMap { group in
        let lastRank = group.firstRank + group.size.count - 1
        let cells: [any CSVValue] = [
          group.kind.rawValue, group.firstRank, lastRank, group.size.count,
        ]
        return group.images.map { (cells, $0) }
      }
    }
  }

  /// One line for each image of each class of each direction; empty but for its head without classes.
  public var classTable: CSVWriter {
    table(columns: ["rank_in_class"]) { row in
      (row.classes ?? []).flatMap { $0.images.enumerated().map { ([$0 + 1], $1) } }
    }
  }

  private func table(
    columns: [String], lines: (Row) -> [(cells: [any CSVValue], image: Image)]
  ) -> CSVWriter {
    var table = CSVWriter(
      columns: ["block", "id"] + columns + [
        "image", "score", "label", "class", "prediction", "predicted_class", "confidence",
      ])
    for (block, rows) in blocks {
      for row in rows {
        for (cells, image) in lines(row) {
          table.append(
            [block, row.id] + cells + [
              image.imageIndex, image.score, image.label, classNames[image.label],
              image.prediction.label, classNames[image.prediction.label], image.prediction.confidence,
            ])
        }
      }
    }
    return table
  }
}

/// Label agreement κ of many single units beside that of random directions.
///
/// A description of one network and one draw of directions. Whether a difference is more than the play of chance
/// is for a test to say, over rotations of the basis and over networks; none is made here.
public struct AgreementComparison: Codable, Equatable, Sendable {
  public struct Group: Codable, Equatable, Sendable {
    public var count: Int
    /// Nil when κ is not defined: one image per row, or one class.
    public var mean: Double?
    /// Over the directions; nil for fewer than two.
    public var standardDeviation: Double?
    /// κ by the direction's id.
    public var kappas: [String: Double]

    init(_ directions: [RankedDirection], labels: ClassLabels) {
      count = directions.count
      kappas = [:]
      var values: [Double] = []
      for direction in directions {
        guard let kappa = LabelAgreement(of: direction.imageIndices, in: labels).kappa else { continue }
        values.append(kappa)
        kappas[direction.id] = kappa
      }
      guard !values.isEmpty else { return }
      let mean = values.reduce(0, +) / Double(values.count)
      self.mean = mean
      guard values.count > 1 else { return }
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      standardDeviation = (squares / Double(values.count - 1)).squareRoot()
    }
  }

  /// Live units: all of them, or a seeded sample of a very wide layer.
  public var neurons: Group
  /// As many directions, the first of the seed.
  public var randomDirections: Group
  /// κ expected of random images.
  public var chance = 0.0
}
