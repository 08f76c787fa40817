import Directions
import Lab
import Tensors

/// Label agreement part of the way from the neurons to a rotation of them.
///
///     Q^a,  0 ≤ a ≤ 1:   a = 0 the neurons, a = 1 a uniformly distributed rotation
///
/// If the axes are special, agreement falls as they are left; if it does not depend on the way, they are not.
public struct DoseResponse: Codable, Equatable, Sendable {
  /// a
  public var dose: Double
  /// Mean κ of the basis at this dose, one per rotation.
  public var kappas: [Double]

  public var mean: Double { kappas.reduce(0, +) / Double(kappas.count) }
}

extension DoseResponse {
  /// The declared doses of the declared number of rotations, at the declared k.
  ///
  /// - Parameter features: Of the live units.
  package static func curve(
    of features: FeatureMatrix, labels: ClassLabels, declared: ComparisonProtocol, seed: UInt64,
    workerCount: Int, progress: ProgressHandler
  ) throws -> [DoseResponse] {
    let dimension = features.dimension
    let measures = BasisMeasures(labels: labels, topCounts: [declared.topCount])
    var curve = declared.doses.map { DoseResponse(dose: $0, kappas: []) }
    for index in 0..<declared.doseRotationCount {
      let rotation = FractionalRotation(dimension: dimension, seed: seed, index: index)
      for place in curve.indices {
        let ranking = Ranking(
          of: features, along: rotation.directions(exponent: curve[place].dose, count: dimension),
          topCount: measures.rankedCount, workerCount: workerCount)
        curve[place].kappas.append(measures.means(of: ranking, basisSize: dimension)[0][0])
      }
      try progress(.step(done: index + 1, total: declared.doseRotationCount, unit: "rotations"))
    }
    return curve
  }
}

extension DoseResponse: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(kappas.count, "kappas")
  }
}
