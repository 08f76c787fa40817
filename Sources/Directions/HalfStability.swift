import Tensors

/// How well a direction's label agreement is reproduced on other images.
///
///     r = Pearson correlation over the directions of (κ_i on one half of the images, κ_i on the other)
///
/// The images are split at random into disjoint halves; each direction is ranked in each. r lies in [−1, 1] and is 0 by
/// chance. A top set is small, so a single direction's κ is noisy; the mean of a basis is not.
///
/// It cannot be computed across training seeds: units of two networks have no natural pairing.
public struct HalfStability: Equatable, Codable, Sendable {
  /// r; `nil` for fewer than three directions, or when κ is the same for all of them in a half.
  public let correlation: Double?
  /// κ of each direction in the first half; `nil` where there is none.
  public let firstKappas: [Double?]
  /// κ of each direction in the second half, the larger one if they differ.
  public let secondKappas: [Double?]

  /// - Parameters:
  ///   - labels: Labels of the features' images.
  ///   - topCount: k in each half.
  ///   - workerCount: Changes the time only.
  public init(
    of features: FeatureMatrix, along directions: DirectionSet, labels: ClassLabels, topCount: Int,
    seed: UInt64, workerCount: Int = Workers.defaultCount
  ) {
    let split = HalfSplit(labels: labels, seed: seed)
    self.init(
      DirectionScores.map(of: features, along: directions, workerCount: workerCount) { _, scores in
        split.kappas(of: scores, topCount: topCount)
      })
  }

  init(_ kappas: [HalfSplit.Kappas]) {
    firstKappas = kappas.map(\.first)
    secondKappas = kappas.map(\.second)
    correlation = Self.correlation(
      kappas.compactMap { pair in
        pair.first.flatMap { first in pair.second.map { (first, $0) } }
      })
  }

  private static func correlation(_ pairs: [(Double, Double)]) -> Double? {
    guard pairs.count >= 3 else { return nil }
    let count = Double(pairs.count)
    let means = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
    var sums = (first: 0.0, second: 0.0, both: 0.0)
    for (first, second) in pairs {
      sums.first += (first - means.0) * (first - means.0)
      sums.second += (second - means.1) * (second - means.1)
      sums.both += (first - means.0) * (second - means.1)
    }
    let scale = (sums.first * sums.second).squareRoot()
    return scale > 0 ? sums.both / scale : nil
  }
}

/// A random split of the probe set.
struct HalfSplit: Sendable {
  struct Kappas: Sendable {
    let first: Double?
    let second: Double?
  }

  /// Half of each image, and its number there.
  private let places: [(isFirst: Bool, index: Int)]
  private let first: ClassLabels
  private let second: ClassLabels

  init(labels: ClassLabels, seed: UInt64) {
    var generator = SeededGenerator(seed: seed, purpose: "halves of the images")
    let order = generator.permutation(labels.values.count)
    let firstCount = order.count / 2
    var places = [(isFirst: Bool, index: Int)](repeating: (true, 0), count: order.count)
    for (place, image) in order.enumerated() {
      places[image] = place < firstCount ? (true, place) : (false, place - firstCount)
    }
    self.places = places
    first = ClassLabels(order.prefix(firstCount).map { labels.values[$0] }, classCount: labels.classCount)
    second = ClassLabels(order.dropFirst(firstCount).map { labels.values[$0] }, classCount: labels.classCount)
  }

  func kappas(of scores: DirectionScores, topCount: Int) -> Kappas {
    var tops: (first: [Int], second: [Int]) = ([], [])
    for image in scores.order {
      let place = places[image]
      if place.isFirst {
        if tops.first.count < topCount { tops.first.append(place.index) }
      } else if tops.second.count < topCount {
        tops.second.append(place.index)
      }
      if tops.first.count == topCount, tops.second.count == topCount { break }
    }
    return Kappas(
      first: LabelAgreement(of: tops.first, in: first).kappa,
      second: LabelAgreement(of: tops.second, in: second).kappa)
  }
}
