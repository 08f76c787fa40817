import Adversarial
import Directions
import Lab
import Networks
import Tensors

/// From features, labels and predictions to the rows of a gallery. Knows no network and draws nothing.
struct GalleryAnalysis {
  let features: FeatureMatrix
  /// What the units are put beside.
  var family = DirectionFamily.sphere
  let labels: ClassLabels
  /// What the network says of each image.
  let predictions: [Prediction]
  let neuronCount: Int
  let directionCount: Int
  let topCount: Int
  let seed: UInt64
  let workerCount: Int
  var selection = RowSelection.random
  var hasStrata = false
  var hasClasses = false
  /// Every direction is described, not only those that are shown.
  var hasCatalogue = false

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
    /// Empty unless asked for.
    var catalogue: [DirectionCatalogue.Entry]
  }

  /// - Parameter directions: So many of the ``family``, or as many as there are.
  /// - Throws: ``GalleryError/noLiveUnit(layer:dead:constant:topCount:)``, and what `directions` and `progress` throw.
  func findings(
    beside directions: (_ count: Int) throws -> DirectionSet, _ progress: ProgressHandler
  ) throws -> Findings {
    let (imageCount, dimension) = (features.imageCount, features.dimension)
    try progress(.stage("ranking \(imageCount) images along \(dimension) units"))
    let units = try ranked(.neurons(dimension: dimension), in: features, withStatistics: true, progress)
    let dead = units.filter { $0.statistics?.isDead == true }
    let constant = units.filter { $0.statistics?.isConstant == true && $0.statistics?.isDead == false }
    let live = units.indices.filter { units[$0].isAlive }
    guard !live.isEmpty else {
      throw GalleryError.noLiveUnit(
        layer: features.layer, dead: dead.count, constant: constant.count, topCount: topCount)
    }
    func sample(_ count: Int) -> [Int] {
      DirectionSet.sampledNeurons(count: min(count, live.count), among: live, seed: seed)
    }
    let compared = sample(Self.comparedUnitLimit).map { units[$0] }

    let named = selection.namedDirections
    let candidates = try directions(
      max(compared.count, directionCount, named.map { $0.max()! + 1 } ?? 0))  // a choice names one at least
    let beside = family.ranked(features)
    let comparedCount = min(compared.count, candidates.count)
    try progress(
      .stage(
        "ranking them along \(max(comparedCount, min(directionCount, candidates.count))) \(family.words)"))
    let comparedRandom = try ranked(
      candidates[0..<comparedCount], in: beside, withStatistics: false, progress)
    let (shownUnits, shownDirections): ([Int], [Int])
    switch selection {
    case .random, .named:
      shownUnits = selection.namedUnits ?? sample(neuronCount)
      shownDirections =
        try named.map { try places(of: $0, among: candidates) }
        ?? Array(0..<min(directionCount, candidates.count))
    case .best, .worst:
      let comparedUnits = sample(Self.comparedUnitLimit)
      shownUnits = extremes(of: compared, count: neuronCount, draw: 0).map { comparedUnits[$0] }
      shownDirections = extremes(of: comparedRandom, count: directionCount, draw: 1)
    }
    let shownSet = candidates.rows(shownDirections)
    let shown = try ranked(shownSet, in: beside, withStatistics: true, progress)

    let chancePurity = ChancePurity(imageCount: topCount, labels: labels, seed: seed)
    let catalogue =
      try hasCatalogue
      ? self.catalogue(
        of: Set(sample(DirectionCatalogue.entryLimit) + shownUnits).sorted(),
        beside: (
          candidates.rows(
            Set(0..<min(comparedCount, DirectionCatalogue.entryLimit)).union(shownDirections).sorted()),
          beside
        ), chancePurity, progress) : []
    let randomImages = RandomImageSet.draw(count: 2, size: topCount, imageCount: imageCount, seed: seed)
    let neuronDetails = details(
      of: .neurons(shownUnits, dimension: dimension), in: features, numbers: shownUnits)
    let randomDetails = details(of: shownSet, in: beside, numbers: shownDirections)
    return Findings(
      deadUnits: dead.map(\.id), constantUnits: constant.map(\.id),
      neurons: zip(shownUnits, neuronDetails).map { row(units[$0], chancePurity).with($1) },
      randomDirections: zip(shown, randomDetails).map { row($0, chancePurity).with($1) },
      randomImages: randomImages.map { set in
        row(set.id, nil, set.imageIndices.map { image($0, score: nil) }, chancePurity)
      },
      chancePurity: chancePurity,
      agreement: AgreementComparison(
        neurons: .init(compared, labels: labels), randomDirections: .init(comparedRandom, labels: labels)),
      catalogue: catalogue)
  }

  /// Rows of the directions whose names have the given numbers: dead latents and empty classes have none.
  private func places(of numbers: [Int], among candidates: DirectionSet) throws -> [Int] {
    let places = Dictionary(
      uniqueKeysWithValues: candidates.ids.enumerated().map { (Int($1.dropFirst()) ?? -1, $0) })
    return try numbers.map { number in
      guard let place = places[number] else {
        throw GalleryError.noSuchDirection(family: family, number: number, count: candidates.count)
      }
      return place
    }
  }

  /// Places of the directions with the highest κ, or the lowest, in that order; equal κ in random order.
  private func extremes(of directions: [RankedDirection], count: Int, draw: Int) -> [Int] {
    let kappas = directions.map { LabelAgreement(of: $0.imageIndices, in: labels).kappa ?? 0 }
    var generator = SeededGenerator(seed: seed, purpose: "row selection", index: draw)
    let lot = generator.permutation(directions.count)
    let order = directions.indices.sorted { first, second in
      if kappas[first] == kappas[second] { return lot[first] < lot[second] }
      return (kappas[first] > kappas[second]) == (selection == .best)
    }
    return Array(order.prefix(count))
  }

  /// Strata and classes of each direction, where they were asked for.
  ///
  /// - Parameter numbers: Of the directions among their kind: each has a stream of its own, the same in every choice
  ///   of rows.
  private func details(of directions: DirectionSet, in features: FeatureMatrix, numbers: [Int]) -> [Details] {
    guard hasStrata || hasClasses else { return Array(repeating: Details(), count: numbers.count) }
    return Workers.map(count: numbers.count, workerCount: workerCount) { row in
      let scores = features.scores(along: directions, row: row)
      var details = Details()
      if hasStrata {
        details.strata = strata(of: scores, isNeuron: directions.kind == .neurons, number: numbers[row])
      }
      if hasClasses {
        details.classes = ClassTop.table(scores: scores, labels: labels, topCount: topCount).map { top in
          GalleryRankings.ClassRow(
            label: top.label, imageCount: top.imageCount, mean: top.mean,
            standardDeviation: top.standardDeviation, positive: top.positive, bestRank: top.bestRank,
            images: top.images.map(image))
        }
      }
      return details
    }
  }

  /// - Parameter number: Of the direction among its kind: each has a stream of its own.
  func strata(
    of scores: [Float], isNeuron: Bool, number: Int, drawing limit: Int = .max
  ) -> [GalleryRankings.Stratum] {
    var generator = SeededGenerator(
      seed: seed, purpose: isNeuron ? "neuron strata" : "random direction strata", index: number)
    return Strata(scores: scores, topCount: topCount, drawing: limit, using: &generator).groups.map { group in
      GalleryRankings.Stratum(
        kind: group.kind, firstRank: group.firstRank, size: group.size, highest: group.highest,
        lowest: group.lowest, images: group.images.map(image))
    }
  }

  /// Ranks some hundred directions at a time, so that progress is seen and Ctrl-C heard.
  ///
  /// The pieces handed to the workers are the same for any number of them: means and histograms come from products
  /// in single precision, whose last bits depend on how many directions are multiplied at once.
  func ranked(
    _ directions: DirectionSet, in features: FeatureMatrix, withStatistics: Bool,
    _ progress: ProgressHandler
  ) throws -> [RankedDirection] {
    let (pieceLength, piecesAtOnce) = (32, 16)
    let pieces = stride(from: 0, to: directions.count, by: pieceLength).map {
      directions[$0..<min($0 + pieceLength, directions.count)]
    }
    var results: [RankedDirection] = []
    for start in stride(from: 0, to: pieces.count, by: piecesAtOnce) {
      let group = pieces[start..<min(start + piecesAtOnce, pieces.count)]
      results += Workers.map(count: group.count, workerCount: workerCount) { place in
        ranked(group[start + place], in: features, withStatistics: withStatistics)
      }.joined()
      try progress(.step(done: results.count, total: directions.count, unit: "directions"))
    }
    return results
  }

  private func ranked(
    _ piece: DirectionSet, in features: FeatureMatrix, withStatistics: Bool
  ) -> [RankedDirection] {
    let ranking = Ranking(of: features, along: piece, topCount: topCount, workerCount: 1)
    let statistics =
      withStatistics
      ? ActivationStatistics.table(of: features, along: piece, ranking: ranking, workerCount: 1) : nil
    return piece.ids.indices.map { row in
      RankedDirection(id: piece.ids[row], topImages: ranking.topImages[row], statistics: statistics?[row])
    }
  }

  func row(_ direction: RankedDirection, _ chance: ChancePurity) -> GalleryRankings.Row {
    row(
      direction.id, direction.statistics,
      direction.topImages.map(image), chance)
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

  private func image(_ ranked: RankedImage) -> GalleryRankings.Image {
    image(ranked.imageIndex, score: ranked.score)
  }

  private func image(_ index: Int, score: Float?) -> GalleryRankings.Image {
    GalleryRankings.Image(
      imageIndex: index, score: score, label: labels.values[index], prediction: predictions[index])
  }
}

/// What a gallery may tell of a direction besides its top images.
private struct Details {
  var strata: [GalleryRankings.Stratum]?
  var classes: [GalleryRankings.ClassRow]?
}

extension GalleryRankings.Row {
  fileprivate func with(_ details: Details) -> Self {
    var row = self
    (row.strata, row.classes) = (details.strata, details.classes)
    return row
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

  /// The rows with the given numbers, in that order.
  fileprivate func rows(_ numbers: [Int]) -> DirectionSet {
    DirectionSet(kind: kind, ids: numbers.map { ids[$0] }, matrix: matrix.rows(numbers))
  }
}
