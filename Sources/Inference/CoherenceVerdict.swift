import Foundation
import Tensors

/// The joint conclusion of trained networks about neurons and random directions, decided by intervals.
///
///     Δ_s = T_s − mean of the rotations of network s          one value per network
///
///     | interval 1 − α excludes 0 | interval 1 − 2α inside ±m | conclusion                      |
///     | yes                       | no                        | neurons more (or less) coherent |
///     | yes                       | yes                       | difference real but inside ±m   |
///     | no                        | yes                       | equivalent within ±m            |
///     | no                        | no                        | inconclusive                    |
///
/// The first interval is Student's test against 0, the second Schuirmann's two one-sided tests
/// (``EquivalenceTest``); together, Lakens (2017), "Equivalence tests". Where an interval excludes 0 and lies inside
/// the margin, both are reported. A p above α alone decides nothing.
///
/// An inconclusive verdict estimates how many networks would decide. With the observed standard deviation s it is the
/// smallest n at which some conclusion follows for any mean:
///
///     (t_{1−α/2, n−1} + t_{1−α, n−1}) · s/√n < m
///
/// since a mean closer to 0 than the first half-width is then further from ±m than the second. The observed mean plays
/// no part in it. Networks added after a look are a second test: count them as such, or start anew.
public struct CoherenceVerdict: Hashable, Codable, Sendable {
  public enum Conclusion: String, CaseIterable, Codable, Sendable {
    case moreCoherent, lessCoherent, differenceInsideMargin, equivalent, inconclusive
    /// Fewer than ``CoherenceVerdict/leastNetworkCount``: nothing is concluded.
    case tooFewNetworks
  }

  /// With fewer networks there is no verdict: their spread is hardly known.
  public static let leastNetworkCount = 5
  /// Smaller margins are out of reach: with a standard deviation of 1 they would need more than 10¹³ networks or
  /// participants.
  public static let leastMargin = 1e-6

  public let conclusion: Conclusion
  /// n
  public let networkCount: Int
  /// Quantity compared, such as `κ`.
  public let metric: String
  /// m
  public let margin: Double
  /// α
  public let significance: Double
  /// Mean difference, neurons minus random directions.
  public let effect: Double
  /// s of the differences; `nil` for one network, like the four below.
  public let standardDeviation: Double?
  /// Interval of level 1 − α.
  public let interval: ConfidenceInterval?
  /// The two-sided p of the test that the mean difference is 0.
  public let p: Double?
  /// Interval of level 1 − 2α.
  public let equivalenceInterval: ConfidenceInterval?
  /// The p of the test that the mean difference is not inside ±m.
  public let equivalenceP: Double?
  /// Networks still needed, for an inconclusive verdict or too few networks; otherwise `nil`.
  public let furtherNetworkCount: Int?
  /// The conclusion in its fixed words.
  public let wording: String
  /// The conclusion with effect, interval, p and n.
  public let sentence: String

  /// - Parameters:
  ///   - differences: Δ of each network, at least one, all finite.
  ///   - margin: Smallest difference of interest, declared beforehand; positive.
  ///   - significance: α, between 0 and ½.
  ///   - metric: Its name in the sentence.
  public init(differences: [Double], margin: Double, significance: Double = 0.05, metric: String = "κ") {
    precondition(!differences.isEmpty, "a verdict needs at least one network")
    precondition(differences.allSatisfy(\.isFinite), "the differences of a verdict are finite")
    precondition(margin > 0 && margin.isFinite, "a margin is positive and finite, got \(margin)")
    let sample = StudentInterval(differences)
    let equivalence = sample.map { EquivalenceTest(of: $0, margin: margin, significance: significance) }
    let interval = sample?.interval(level: 1 - significance)

    networkCount = differences.count
    effect = sample?.mean ?? differences[0]
    standardDeviation = sample?.standardDeviation
    self.interval = interval
    p = sample?.twoSidedP()
    equivalenceInterval = equivalence?.interval
    equivalenceP = equivalence?.p
    (self.metric, self.margin, self.significance) = (metric, margin, significance)

    if let sample, let equivalence, let interval, differences.count >= Self.leastNetworkCount {
      switch (isReal: !interval.contains(0), isSmall: equivalence.isEquivalent) {
      case (true, true): conclusion = .differenceInsideMargin
      case (true, false): conclusion = sample.mean > 0 ? .moreCoherent : .lessCoherent
      case (false, true): conclusion = .equivalent
      case (false, false): conclusion = .inconclusive
      }
      furtherNetworkCount =
        conclusion == .inconclusive
        ? Self.decisiveNetworkCount(
          standardDeviation: sample.standardDeviation, margin: margin, significance: significance)
          - differences.count : nil
    } else {
      conclusion = .tooFewNetworks
      furtherNetworkCount = Self.leastNetworkCount - differences.count
    }
    let words = Words(
      conclusion: conclusion, networkCount: networkCount, metric: metric, margin: margin,
      significance: significance, effect: effect,
      standardDeviation: standardDeviation, interval: interval, p: p, equivalence: equivalence,
      furtherNetworkCount: furtherNetworkCount ?? 0)
    wording = words.wording
    sentence = words.sentence
  }

  /// The smallest number of networks that decides for any mean, if their differences have this standard deviation; see
  /// the type.
  public static func decisiveNetworkCount(
    standardDeviation: Double, margin: Double, significance: Double = 0.05
  ) -> Int {
    precondition(
      standardDeviation.isFinite && standardDeviation >= 0,
      "a standard deviation is finite and not negative, got \(standardDeviation)")
    precondition(margin > 0 && margin.isFinite, "a margin is positive and finite, got \(margin)")
    func decides(_ count: Int) -> Bool {
      StudentInterval.halfWidth(count: count, standardDeviation: standardDeviation, level: 1 - significance)
        + StudentInterval.halfWidth(
          count: count, standardDeviation: standardDeviation, level: 1 - 2 * significance) < margin
    }
    // Both half-widths fall with n, so the answer is where they first pass: found by doubling, then bisection.
    var high = leastNetworkCount
    while !decides(high) {
      precondition(
        high < 1 << 50, "a margin of \(margin) is out of reach of deviations of \(standardDeviation)")
      high *= 2
    }
    var low = leastNetworkCount
    while low < high {
      let middle = (low + high) / 2
      if decides(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The fixed words of a verdict, and the sentence around its numbers.
private struct Words {
  let conclusion: CoherenceVerdict.Conclusion
  let networkCount: Int
  let metric: String
  let margin: Double
  let significance: Double
  let effect: Double
  let standardDeviation: Double?
  let interval: ConfidenceInterval?
  let p: Double?
  let equivalence: EquivalenceTest?
  let furtherNetworkCount: Int

  var wording: String {
    switch conclusion {
    case .moreCoherent: "neurons more coherent"
    case .lessCoherent: "neurons less coherent"
    case .differenceInsideMargin: "difference real but inside \(plusMinus)"
    case .equivalent: "equivalent within \(plusMinus)"
    case .inconclusive:
      "inconclusive, need about \(furtherNetworkCount) more \(networks(furtherNetworkCount))"
    case .tooFewNetworks:
      "no verdict from \(networkCount) \(networks(networkCount)), need \(furtherNetworkCount) more"
    }
  }

  var sentence: String {
    switch conclusion {
    case .moreCoherent, .lessCoherent:
      let isSettled = equivalence.map { $0.interval.lower >= margin || $0.interval.upper <= -margin } == true
      return "Neurons are \(effect > 0 ? "more" : "less") coherent than random directions: \(difference), "
        + "\(against0). "
        + (isSettled
          ? "The difference exceeds the margin of \(marginText)."
          : "Whether the difference exceeds the margin of \(marginText) is open.")
    case .differenceInsideMargin:
      return "Neurons are \(effect > 0 ? "more" : "less") coherent than random directions, but by less than "
        + "\(marginText): \(difference), \(against0); \(againstMargin)."
    case .equivalent:
      return "Neurons and random directions are equivalent within \(plusMinus): \(difference), "
        + "\(againstMargin). A smaller difference is not ruled out: \(against0)."
    case .inconclusive:
      return
        "The networks do not decide: \(difference); the interval against 0 holds 0 (\(against0)), and the "
        + "one against the margin is not inside \(plusMinus) (\(againstMargin)). About \(furtherNetworkCount) more "
        + "\(networks(furtherNetworkCount)) would decide either way if the differences keep their standard "
        + "deviation of \(unsigned(standardDeviation ?? 0))."
    case .tooFewNetworks where interval == nil:
      return
        "One network cannot say how far the difference varies between networks, so neither a difference nor "
        + "equivalence is concluded: \(difference). Its rotation test speaks of this network alone; a verdict needs "
        + "at least \(CoherenceVerdict.leastNetworkCount)."
    case .tooFewNetworks:
      return
        "\(networkCount) networks cannot say whether neurons are more coherent, less coherent or equivalent: "
        + "\(difference), \(against0). Their spread is hardly known; a verdict needs at least "
        + "\(CoherenceVerdict.leastNetworkCount)."
    }
  }

  private var difference: String {
    let over = networkCount == 1 ? "in 1 network" : "on average over \(networkCount) networks"
    return "\(metric) differs by \(signed(effect)) \(over)"
  }

  private var against0: String {
    guard let interval, let p else { return "no interval" }
    return "\(text(of: interval)), p \(text(ofP: p))"
  }

  private var againstMargin: String {
    guard let equivalence else { return "no interval" }
    return "\(text(of: equivalence.interval)), p of equivalence \(text(ofP: equivalence.p))"
  }

  private var marginText: String {
    let short = String(format: "%.2f", margin)
    return Double(short) == margin ? short : "\(margin)"
  }

  private var plusMinus: String { "±\(marginText)" }

  private func networks(_ count: Int) -> String { count == 1 ? "network" : "networks" }

  private func text(of interval: ConfidenceInterval) -> String {
    let percent = String(format: "%.4g", 100 * interval.level)
    return "\(percent) % interval \(signed(interval.lower)) to \(signed(interval.upper))"
  }

  private func text(ofP p: Double) -> String {
    if p < 0.0005 { return "< 0.001" }
    if p >= 0.995 { return "> 0.99" }
    // Enough digits to show on which side of α it lies.
    let digits = abs(p - significance) < 0.0005 ? 5 : p < 0.0995 ? 3 : 2
    return "= " + String(format: "%.\(digits)f", p)
  }

  private func unsigned(_ value: Double) -> String { String(format: "%.3f", value) }

  private func signed(_ value: Double) -> String {
    // −0.0004 stays −0.000: the reader needs to see on which side of 0 an interval ends.
    String(format: "%+.3f", value).replacing("-", with: "−")
  }
}

extension CoherenceVerdict: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(networkCount, "networkCount")
    try require(margin >= Self.leastMargin, "margin", "expected \(Self.leastMargin) or more, found \(margin)")
    try requireShare(significance, "significance")
    try requireShare(p, "p")
    try requireShare(equivalenceP, "equivalenceP")
    try requireNotNegative(standardDeviation, "standardDeviation")
  }
}
