import Directions
import Foundation
import Tensors

extension ExploredRun {
  /// A direction's top images and what is known of its scores.
  struct DirectionAnswer: Codable, Sendable {
    var id: String
    /// Best first: score descending, then index ascending.
    var images: [Shown]
    /// Lowest first, where they were asked for.
    var lowest: [Shown]?
    var agreement: LabelAgreement
    /// Of the classes among the images, in the order of the classes.
    var classCounts: [Int]
    var statistics: ActivationStatistics
    /// Where the k-th score lies in the histogram, 0…1.
    var threshold: Double?
    /// What it took, on this machine.
    var milliseconds: Double
  }

  /// Ranks all images along one direction, as `intrigue gallery` and `rank` do.
  ///
  /// - Throws: `ServerRefusal` where the request is out of range.
  func answer(to request: DirectionRequest) throws -> DirectionAnswer {
    let start = ContinuousClock.now
    let directions = try request.directions(unitCount: run.features.dimension, bases: bases)
    let ranking = Ranking(of: run.features, along: directions, topCount: request.top)
    let statistics = ActivationStatistics.table(of: run.features, along: directions, ranking: ranking)[0]
    let top = ranking.topImages[0]
    let lowest =
      request.hasLowest == true
      ? DirectionScores.map(of: run.features, along: directions) { _, scores in
        scores.lowest(request.top).map { RankedImage(imageIndex: $0, score: scores.values[$0]) }
      }[0] : nil
    let indices = top.map(\.imageIndex)
    return DirectionAnswer(
      id: directions.ids[0], images: try top.map { try shown($0.imageIndex, score: $0.score) },
      lowest: try lowest?.map { try shown($0.imageIndex, score: $0.score) },
      agreement: LabelAgreement(of: indices, in: run.labels), classCounts: run.labels.counts(among: indices),
      statistics: statistics, threshold: statistics.histogram.position(of: statistics.topThreshold),
      milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
  }
}
