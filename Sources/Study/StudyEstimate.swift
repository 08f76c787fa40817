import Inference

/// A number about a group of participants, with its interval.
public struct StudyEstimate: Codable, Equatable, Sendable {
  public enum Measure: String, Codable, CaseIterable, Sendable {
    /// Share of the questions answered rightly; ½ by chance.
    case right = "share right"
    /// Mean of ±confidence / 3, positive for right answers; 0 by chance.
    case confidence = "confidence score"
    /// Mean rating of sheets, 1 to 5.
    case rating = "rating"
    /// P(a neuron's sheet is rated higher than a random direction's) + ½ P(equal), the area under the ROC curve of
    /// somebody who tells the two by the rating; ½: the ratings do not tell them apart.
    case discrimination = "told apart by rating"
  }

  public enum Group: String, Codable, CaseIterable, Sendable {
    case neurons
    case randomDirections = "random directions"
    case randomImages = "random images"
    /// Neurons less random directions.
    case difference
  }

  public var measure: Measure
  public var group: Group
  /// nil of nothing.
  public var value: Double?
  /// Level 95 %, over participants; nil from fewer than 8.
  public var interval: ConfidenceInterval?
  public var answerCount: Int
}

/// All estimates from some participants.
///
///     share right    Σ_p right answers of p / Σ_p answers of p
///     discrimination mean over p of  #{(a, b): r_a > r_b} + ½ #{r_a = r_b}  /  pairs,   a: neuron's sheet, b: random direction's
///
/// Intervals: ``BootstrapInterval/ofStatistic(clusterCount:level:drawCount:seed:_:)`` with participants as clusters.
/// They speak of other participants and of these directions.
struct StudyEstimates {
  let records: [ParticipantRecord]
  let seed: UInt64
  var drawCount = 9_999

  var all: [StudyEstimate] {
    var estimates: [StudyEstimate] = []
    let kinds: [(StudyEstimate.Group, StudyKind)] = [
      (.neurons, .neuron), (.randomDirections, .randomDirection), (.randomImages, .randomImages),
    ]
    for measure in [StudyEstimate.Measure.right, .confidence, .rating] {
      for (group, kind) in kinds where measure == .rating || kind != .randomImages {
        estimates.append(
          estimate(measure, group, answerCount: answerCount(measure, kind)) {
            mean(measure, kind, of: $0)
          })
      }
      estimates.append(
        estimate(
          measure, .difference,
          answerCount: answerCount(measure, .neuron) + answerCount(measure, .randomDirection)
        ) { difference(measure, of: $0) })
    }
    let discriminations = records.map(Self.discrimination)
    estimates.append(
      estimate(
        .discrimination, .difference,
        answerCount: answerCount(.rating, .neuron) + answerCount(.rating, .randomDirection)
      ) { participants in
        let values = participants.compactMap { discriminations[$0] }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
      })
    return estimates
  }

  private func estimate(
    _ measure: StudyEstimate.Measure, _ group: StudyEstimate.Group, answerCount: Int,
    _ statistic: ([Int]) -> Double?
  ) -> StudyEstimate {
    StudyEstimate(
      measure: measure, group: group, value: statistic(Array(records.indices)),
      interval: interval(level: 0.95, statistic), answerCount: answerCount)
  }

  /// In shares right, over everybody.
  var difference: Double? { difference(.right, of: Array(records.indices)) }

  /// Over participants, of the difference in shares right.
  func differenceInterval(level: Double) -> ConfidenceInterval? {
    interval(level: level) { difference(.right, of: $0) }
  }

  private func interval(level: Double, _ statistic: ([Int]) -> Double?) -> ConfidenceInterval? {
    BootstrapInterval.ofStatistic(
      clusterCount: records.count, level: level, drawCount: drawCount, seed: seed, statistic)
  }

  /// Share right on neurons less that on random directions, of one participant; nil where one is missing.
  static func difference(of record: ParticipantRecord) -> Double? {
    guard let neurons = record.sums[.neuron], let random = record.sums[.randomDirection],
      neurons.answered > 0,
      random.answered > 0
    else { return nil }
    return Double(neurons.right) / Double(neurons.answered) - Double(random.right) / Double(random.answered)
  }

  private func difference(_ measure: StudyEstimate.Measure, of participants: [Int]) -> Double? {
    guard let neurons = mean(measure, .neuron, of: participants),
      let random = mean(measure, .randomDirection, of: participants)
    else { return nil }
    return neurons - random
  }

  private func mean(_ measure: StudyEstimate.Measure, _ kind: StudyKind, of participants: [Int]) -> Double? {
    var (sum, count) = (0.0, 0)
    for participant in participants {
      guard let sums = records[participant].sums[kind] else { continue }
      switch measure {
      case .right: (sum, count) = (sum + Double(sums.right), count + sums.answered)
      case .confidence: (sum, count) = (sum + sums.confidence, count + sums.answered)
      case .rating, .discrimination:
        (sum, count) = (sum + Double(sums.ratings.reduce(0, +)), count + sums.ratings.count)
      }
    }
    return count > 0 ? sum / Double(count) : nil
  }

  private func answerCount(_ measure: StudyEstimate.Measure, _ kind: StudyKind) -> Int {
    records.reduce(0) { count, record in
      guard let sums = record.sums[kind] else { return count }
      return count + (measure == .rating ? sums.ratings.count : sums.answered)
    }
  }

  /// Of one participant; nil where a kind has no rating.
  static func discrimination(of record: ParticipantRecord) -> Double? {
    let neurons = record.sums[.neuron]?.ratings ?? []
    let random = record.sums[.randomDirection]?.ratings ?? []
    guard !neurons.isEmpty, !random.isEmpty else { return nil }
    let points = neurons.reduce(0.0) { points, rating in
      points + random.reduce(0.0) { $0 + (rating > $1 ? 1 : rating == $1 ? 0.5 : 0) }
    }
    return points / Double(neurons.count * random.count)
  }
}
