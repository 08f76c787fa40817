import Directions
import GalleryRoom
import Inference
import Lab
import Tensors

/// The units of one layer of one network against rotations of them: numbers only, no verdict.
public struct LayerComparison: Codable, Equatable, Sendable {
  public var layer: FeatureSpace
  public var imageCount: Int
  /// Units that take part, d′.
  public var liveUnits: [String]
  /// Ids of the units left out, and why.
  public var deadUnits: [String]
  public var constantUnits: [String]
  /// Units that correlate beyond 0.999 with an earlier one: one finding, not two.
  public var duplicateUnits: [String]
  /// Units above 0 for every image. They take part; a ranking does not care for what all images share.
  public var alwaysOnUnits: [String]
  /// Sizes of top sets, the primary one first.
  public var topCounts: [Int]
  /// What the second opinion measures, after the sizes; empty without one.
  public var opinions: [SecondOpinion.Measure]
  /// Means over the live units: T. One per size, κ, then one per opinion.
  public var neurons: [Double]
  /// Means over d′ directions of each rotation, `[rotation][measure]`: T_b.
  public var null: [[Double]]
  /// Each live unit's numbers, `[measure][unit]`.
  public var unitValues: [[Double]]

  public var excludedCount: Int { deadUnits.count + constantUnits.count + duplicateUnits.count }

  /// Place of an opinion among the measures; nil where it was not asked for.
  public func place(of opinion: SecondOpinion.Measure) -> Int? {
    opinions.firstIndex(of: opinion).map { topCounts.count + $0 }
  }

  /// Mean of T_b of one measure.
  public func nullMean(of place: Int) -> Double {
    null.reduce(0) { $0 + $1[place] } / Double(null.count)
  }

  /// Δ = T − mean of T_b of one measure.
  public func effect(of place: Int) -> Double { neurons[place] - nullMean(of: place) }

  /// The rotation test of this network alone.
  public func test(of place: Int) -> MonteCarloTest {
    MonteCarloTest(of: neurons[place], against: null.map { $0[place] })
  }
}

/// The units of a layer that a comparison can be made of.
struct LiveUnits {
  /// One per unit of the layer.
  let statistics: [ActivationStatistics]
  /// Numbers of the live units, ascending.
  let indices: [Int]
  let duplicates: [Int]
  /// The live units alone. Rotations are of the space that they span: dead axes would only thin the directions out.
  let features: FeatureMatrix

  /// - Throws: ``GalleryError/noLiveUnit(layer:dead:constant:topCount:)``.
  init(of features: FeatureMatrix, topCount: Int, workerCount: Int) throws {
    let all = DirectionSet.neurons(dimension: features.dimension)
    statistics = ActivationStatistics.table(
      of: features, along: all,
      ranking: Ranking(of: features, along: all, topCount: topCount, workerCount: workerCount),
      workerCount: workerCount)
    let answering = statistics.indices.filter { [statistics] in
      !statistics[$0].isDead && !statistics[$0].isConstant
    }
    guard !answering.isEmpty else {
      throw GalleryError.noLiveUnit(
        layer: features.layer, dead: statistics.count(where: \.isDead),
        constant: statistics.count { $0.isConstant && !$0.isDead }, topCount: topCount)
    }
    let redundancy = DirectionRedundancy.table(
      of: features, along: .neurons(answering, dimension: features.dimension), workerCount: workerCount)
    var kept: Set<String> = []
    var duplicates: [Int] = []
    for (unit, row) in zip(answering, redundancy) {
      if row.duplicateIDs.contains(where: kept.contains) {
        duplicates.append(unit)
      } else {
        kept.insert(row.directionID)
      }
    }
    self.duplicates = duplicates
    indices = answering.filter { [statistics] in kept.contains(statistics[$0].directionID) }
    self.features = features.selecting(units: indices)
  }

  func ids(_ units: [Int]) -> [String] { units.map { statistics[$0].directionID } }
}

extension LayerComparison {
  /// - Parameters:
  ///   - units: Of the layer.
  ///   - progress: Some seconds at a time, so that Ctrl-C is heard.
  init(
    of units: LiveUnits, measures: BasisMeasures, space: FeatureSpace, rotationCount: Int, seed: UInt64,
    workerCount: Int, progress: ProgressHandler
  ) throws {
    let count = units.indices.count
    let rotations = RotationNull(
      features: units.features, measures: measures, directionCount: count, seed: seed)
    let values = rotations.values(ofNeurons: .neurons(dimension: count), workerCount: workerCount)
    let rotationsAtOnce = max(1, 1 << 14 / count)
    var drawn: [[Double]] = []
    for range in Workers.pieces(of: rotationCount, length: rotationsAtOnce) {
      drawn += rotations.statistics(ofRotations: range, workerCount: workerCount)
      try progress(.step(done: drawn.count, total: rotationCount, unit: "rotations"))
    }
    let statistics = units.statistics
    self.init(
      layer: space, imageCount: units.features.imageCount, liveUnits: units.ids(units.indices),
      deadUnits: statistics.filter(\.isDead).map(\.directionID),
      constantUnits: statistics.filter { $0.isConstant && !$0.isDead }.map(\.directionID),
      duplicateUnits: units.ids(units.duplicates),
      alwaysOnUnits: units.ids(units.indices.filter { statistics[$0].isAlwaysOn }),
      topCounts: measures.topCounts, opinions: measures.secondOpinion?.measures ?? [],
      neurons: values.map { $0.reduce(0, +) / Double(count) }, null: drawn, unitValues: values)
  }
}

extension LayerComparison: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(topCounts.count, "topCounts")
    try requireSome(null.count, "null")
    try requireSome(liveUnits.count, "liveUnits")
    let places = topCounts.count + opinions.count
    try requireCount(neurons.count, places, "neurons")
    for draw in null { try requireCount(draw.count, places, "null") }
    try requireCount(unitValues.count, places, "unitValues")
    for values in unitValues { try requireCount(values.count, liveUnits.count, "unitValues") }
  }
}
