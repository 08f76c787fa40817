import Adversarial
import Networks
import Directions
import Tensors

/// From features, labels and predictions to the rows of a gallery. Knows no network and draws nothing.
struct GalleryAnalysis {
  let features: FeatureMatrix
  let labels: ClassLabels
  /// What the network says of each image.
  let predictions: [Prediction]
  let neuronCount: Int
  let directionCount: Int
  let topCount: Int
  let seed: UInt64
  let workerCount: Int

  /// Units whose κ is averaged, at most: the mean over more would hardly be more precise, and as many random
  /// directions are held in memory.
  static let comparedUnitLimit = 4096

  struct Findings {
    var deadUnits: [String]
    var constantUnits: [String]
    var neurons: [GalleryRankings.Row]
    var randomDirections: [GalleryRankings.Row]
    var randomImages: [GalleryRankings.Row]
    var chancePurity: ChancePurity
    var agreement: AgreementComparison
  }

  /// - Throws: ``GalleryError/noLiveUnit(layer:dead:constant:topCount:)``, and what `progress` throws.
  func findings(_ progress: ProgressHandler) throws -> Findings {
    let (imageCount, dimension) = (features.imageCount, features.dimension)
    try progress(.stage("ranking \(imageCount) images along \(dimension) units"))
    let units = try ranked(.neurons(dimension: dimension), withStatistics: true, progress)
    let dead = units.filter { $0.statistics?.isDead == true }
    let constant = units.filter { $0.statistics?.isConstant == true && $0.statistics?.isDead == false }
    let live = units.indices.filter { units[$0].isAlive }
    guard !live.isEmpty else {
      throw GalleryError.noLiveUnit(
        layer: features.layer, dead: dead.count, constant: constant.count, topCount: topCount)
    }
    func sample(_ count: Int) -> [RankedDirection] {
      DirectionSet.sampledNeurons(count: min(count, live.count), among: live, seed: seed).map { units[$0] }
    }
    let compared = sample(Self.comparedUnitLimit)

    try progress(.stage("ranking them along \(max(compared.count, directionCount)) random directions"))
    let shown = try ranked(randomDirections(directionCount), withStatistics: true, progress)
    let comparedRandom = try ranked(randomDirections(compared.count), withStatistics: false, progress)

    let chancePurity = ChancePurity(imageCount: topCount, labels: labels, seed: seed)
    let randomImages = RandomImageSet.draw(count: 2, size: topCount, imageCount: imageCount, seed: seed)
    return Findings(
      deadUnits: dead.map(\.id), constantUnits: constant.map(\.id),
      neurons: sample(neuronCount).map { row($0, chancePurity) },
      randomDirections: shown.map { row($0, chancePurity) },
      randomImages: randomImages.map { set in
        row(set.id, nil, set.imageIndices.map { image($0, score: nil) }, chancePurity)
      },
      chancePurity: chancePurity,
      agreement: AgreementComparison(
        neurons: .init(compared, labels: labels), randomDirections: .init(comparedRandom, labels: labels)))
  }

  private func randomDirections(_ count: Int) -> DirectionSet {
    .randomSphere(count: count, dimension: features.dimension, seed: seed)
  }

  /// Ranks some hundred directions at a time, so that progress is seen and Ctrl-C heard.
  ///
  /// The pieces handed to the workers are the same for any number of them: means and histograms come from products
  /// in single precision, whose last bits depend on how many directions are multiplied at once.
  private func ranked(
    _ directions: DirectionSet, withStatistics: Bool, _ progress: ProgressHandler
  ) throws -> [RankedDirection] {
    let (pieceLength, piecesAtOnce) = (32, 16)
    let pieces = stride(from: 0, to: directions.count, by: pieceLength).map {
      directions[$0..<min($0 + pieceLength, directions.count)]
    }
    var results: [RankedDirection] = []
    for start in stride(from: 0, to: pieces.count, by: piecesAtOnce) {
      let group = pieces[start..<min(start + piecesAtOnce, pieces.count)]
      results += Workers.map(count: group.count, workerCount: workerCount) { place in
        ranked(group[start + place], withStatistics: withStatistics)
      }.joined()
      try progress(.step(done: results.count, total: directions.count, unit: "directions"))
    }
    return results
  }

  private func ranked(_ piece: DirectionSet, withStatistics: Bool) -> [RankedDirection] {
    let ranking = Ranking(of: features, along: piece, topCount: topCount, workerCount: 1)
    let statistics =
      withStatistics
      ? ActivationStatistics.table(of: features, along: piece, ranking: ranking, workerCount: 1) : nil
    return piece.ids.indices.map { row in
      RankedDirection(id: piece.ids[row], topImages: ranking.topImages[row], statistics: statistics?[row])
    }
  }

  private func row(_ direction: RankedDirection, _ chance: ChancePurity) -> GalleryRankings.Row {
    row(
      direction.id, direction.statistics,
      direction.topImages.map { image($0.imageIndex, score: $0.score) }, chance)
  }

  private func row(
    _ id: String, _ statistics: ActivationStatistics?, _ images: [GalleryRankings.Image],
    _ chance: ChancePurity
  ) -> GalleryRankings.Row {
    let agreement = LabelAgreement(of: images.map(\.imageIndex), in: labels)
    return GalleryRankings.Row(
      id: id, statistics: statistics, agreement: agreement, adjustedPurity: chance.adjusted(agreement),
      images: images)
  }

  private func image(_ index: Int, score: Float?) -> GalleryRankings.Image {
    GalleryRankings.Image(
      imageIndex: index, score: score, label: labels.values[index], prediction: predictions[index])
  }
}

/// A direction, its top images, and what is known of all its scores.
struct RankedDirection {
  let id: String
  let topImages: [RankedImage]
  let statistics: ActivationStatistics?

  var imageIndices: [Int] { topImages.map(\.imageIndex) }

  /// Its ranking means something: the scores vary, and a rectified unit answers to each of the top images.
  var isAlive: Bool { statistics.map { !$0.isDead && !$0.isConstant } ?? false }
}

extension DirectionSet {
  /// Some consecutive rows.
  fileprivate subscript(rows: Range<Int>) -> DirectionSet {
    if let indices = neuronIndices { return .neurons(Array(indices[rows]), dimension: dimension) }
    return DirectionSet(kind: kind, ids: Array(ids[rows]), matrix: matrix.rows(rows))
  }
}
