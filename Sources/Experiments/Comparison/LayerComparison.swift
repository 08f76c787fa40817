import Directions
import Inference
import Tensors

/// The units of one layer of one network against rotations of them: numbers only, no verdict.
public struct LayerComparison: Codable, Equatable, Sendable {
  public var layer: FeatureSpace
  public var imageCount: Int
  /// Ids of the units left out, and why.
  public var deadUnits: [String]
  public var constantUnits: [String]
  /// Units that take part, d′.
  public var liveUnits: [String]
  /// Sizes of top sets, the primary one first.
  public var topCounts: [Int]
  /// Mean κ of the live units, one per size: T.
  public var neurons: [Double]
  /// Mean κ of d′ directions of each rotation, `[rotation][size]`: T_b.
  public var null: [[Double]]
  /// κ of each live unit, `[size][unit]`.
  public var unitAgreement: [[Double]]

  /// Mean of T_b for one size.
  public func nullMean(atSize place: Int) -> Double {
    null.reduce(0) { $0 + $1[place] } / Double(null.count)
  }

  /// Δ = T − mean of T_b for one size.
  public func effect(atSize place: Int) -> Double { neurons[place] - nullMean(atSize: place) }

  /// The rotation test of this network alone.
  public func test(atSize place: Int) -> MonteCarloTest {
    MonteCarloTest(of: neurons[place], against: null.map { $0[place] })
  }
}

extension LayerComparison {
  /// - Parameters:
  ///   - features: One row per image, of all units.
  ///   - topCounts: The primary size first.
  /// - Throws: ``GalleryError/noLiveUnit(layer:dead:constant:topCount:)``, and what `progress` throws.
  init(
    of features: FeatureMatrix, labels: ClassLabels, space: FeatureSpace, topCounts: [Int],
    rotationCount: Int, seed: UInt64, workerCount: Int, progress: ProgressHandler
  ) throws {
    let all = DirectionSet.neurons(dimension: features.dimension)
    let statistics = ActivationStatistics.table(
      of: features, along: all,
      ranking: Ranking(of: features, along: all, topCount: topCounts[0], workerCount: workerCount),
      workerCount: workerCount)
    let live = statistics.indices.filter { !statistics[$0].isDead && !statistics[$0].isConstant }
    let dead = statistics.filter(\.isDead).map(\.directionID)
    let constant = statistics.filter { $0.isConstant && !$0.isDead }.map(\.directionID)
    guard !live.isEmpty else {
      throw GalleryError.noLiveUnit(
        layer: space.layer, dead: dead.count, constant: constant.count, topCount: topCounts[0])
    }
    // Rotations of the space that the live units span: dead axes would only thin the directions out.
    let alive = features.selecting(units: live)
    let neurons = BasisAgreement(
      of: Ranking(
        of: alive, along: .neurons(dimension: live.count), topCount: topCounts.max()!,
        workerCount: workerCount),
      labels: labels, topCounts: topCounts)
    let null = RotationNull(
      features: alive, labels: labels, directionCount: live.count, topCounts: topCounts, seed: seed)
    // Some seconds at a time, so that progress is seen and Ctrl-C heard.
    let rotationsAtOnce = max(1, 1 << 14 / live.count)
    var drawn: [[Double]] = []
    for range in Workers.pieces(of: rotationCount, length: rotationsAtOnce) {
      drawn += null.statistics(ofRotations: range, workerCount: workerCount)
      try progress(.step(done: drawn.count, total: rotationCount, unit: "rotations"))
    }
    self.init(
      layer: space, imageCount: features.imageCount, deadUnits: dead, constantUnits: constant,
      liveUnits: live.map { statistics[$0].directionID }, topCounts: topCounts, neurons: neurons.means,
      null: drawn, unitAgreement: neurons.kappas)
  }
}
