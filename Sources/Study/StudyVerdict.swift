import Foundation
import Inference

/// What participants say together about neurons and random directions, decided by intervals over participants.
///
///     Δ = share right on neurons − share right on random directions
///
///     | interval 1 − α excludes 0 | interval 1 − 2α inside ±m | conclusion                             |
///     | yes                       | no                        | neurons easier (or harder) to read     |
///     | yes                       | yes                       | difference real but inside ±m          |
///     | no                        | yes                       | equivalent within ±m                   |
///     | no                        | no                        | inconclusive                           |
///
/// The table is that of ``CoherenceVerdict``, with participants in the place of networks and bootstrapped intervals in
/// the place of Student's. An interval that holds 0 alone decides nothing: "hard to tell apart" is said only where the
/// difference is shown to be small.
public struct StudyVerdict: Codable, Equatable, Sendable {
  public enum Conclusion: String, Codable, CaseIterable, Sendable {
    case neuronsEasier, neuronsHarder, differenceInsideMargin, equivalent, inconclusive
    /// Fewer than ``StudyVerdict/leastParticipantCount``: nothing is concluded.
    case tooFewParticipants
  }

  /// Fewer give no interval.
  public static let leastParticipantCount = BootstrapInterval.leastCount

  public let conclusion: Conclusion
  public let participantCount: Int
  /// m
  public let margin: Double
  /// Δ; nil without answers to both kinds.
  public let effect: Double?
  /// Of level 95 %.
  public let interval: ConfidenceInterval?
  /// Of level 90 %.
  public let equivalenceInterval: ConfidenceInterval?
  /// Participants still needed, for an inconclusive verdict or too few.
  public let furtherParticipantCount: Int?
  /// The conclusion in its fixed words.
  public let wording: String
  /// The conclusion with effect, intervals and n.
  public let sentence: String

  /// - Parameters:
  ///   - effects: Δ of each participant, for the number that an inconclusive verdict asks for.
  ///   - interval: Of the whole difference, level 95 %.
  ///   - equivalenceInterval: The same, level 90 %.
  init(
    effect: Double?, effects: [Double], interval: ConfidenceInterval?,
    equivalenceInterval: ConfidenceInterval?,
    participantCount: Int, margin: Double
  ) {
    self.participantCount = participantCount
    self.margin = margin
    self.effect = effect
    self.interval = interval
    self.equivalenceInterval = equivalenceInterval
    let conclusion: Conclusion
    var further: Int?
    if let effect, let interval, let inner = equivalenceInterval,
      participantCount >= Self.leastParticipantCount
    {
      let isReal = !interval.contains(0)
      let isSmall = inner.isInside(margin: margin)
      switch (isReal, isSmall) {
      case (true, true): conclusion = .differenceInsideMargin
      case (true, false): conclusion = effect > 0 ? .neuronsEasier : .neuronsHarder
      case (false, true): conclusion = .equivalent
      case (false, false):
        conclusion = .inconclusive
        if let deviation = StudentInterval(effects)?.standardDeviation {
          further = max(
            1,
            CoherenceVerdict.decisiveNetworkCount(standardDeviation: deviation, margin: margin)
              - participantCount)
        }
      }
    } else {
      conclusion = .tooFewParticipants
      further = max(1, Self.leastParticipantCount - participantCount)
    }
    self.conclusion = conclusion
    furtherParticipantCount = further
    let words = Words(
      conclusion: conclusion, participantCount: participantCount, margin: margin, effect: effect,
      interval: interval, inner: equivalenceInterval, further: further)
    (wording, sentence) = (words.wording, words.sentence)
  }
}

private struct Words {
  let conclusion: StudyVerdict.Conclusion
  let participantCount: Int
  let margin: Double
  let effect: Double?
  let interval: ConfidenceInterval?
  let inner: ConfidenceInterval?
  let further: Int?

  var wording: String {
    switch conclusion {
    case .neuronsEasier: "neurons easier to read"
    case .neuronsHarder: "neurons harder to read"
    case .differenceInsideMargin: "difference real but inside \(plusMinus)"
    case .equivalent: "equivalent within \(plusMinus)"
    case .inconclusive: "inconclusive, need \(more)"
    case .tooFewParticipants:
      "no verdict from \(participants(participantCount)), need \(more)"
    }
  }

  var sentence: String {
    switch conclusion {
    case .neuronsEasier, .neuronsHarder:
      return
        "The images of neurons are \(comparative) to tell than those of random directions: \(difference), "
        + "\(text(interval)). "
        + (isSettled
          ? "The difference exceeds the margin of \(marginText)."
          : "Whether the difference exceeds the margin of \(marginText) is open.")
    case .differenceInsideMargin:
      return
        "The images of neurons are \(comparative) to tell than those of random directions, but by less than "
        + "\(marginText): \(difference), \(text(interval)); \(text(inner))."
    case .equivalent:
      return "The images of neurons and of random directions are told equally well within \(plusMinus): "
        + "\(difference), \(text(inner)). A smaller difference is not ruled out: \(text(interval))."
    case .inconclusive:
      return
        "The participants do not decide: \(difference); the interval against 0 holds 0 (\(text(interval))), and "
        + "the one against the margin is not inside \(plusMinus) (\(text(inner)))."
        + (further == nil
          ? "" : " \(more.capitalisedFirst) would decide either way if they differ as these do.")
    case .tooFewParticipants:
      return
        "\(participants(participantCount).capitalisedFirst) cannot say whether neurons are easier or harder to "
        + "read than random directions, or alike: \(difference). A verdict needs at least "
        + "\(StudyVerdict.leastParticipantCount) whose answers count."
    }
  }

  private var isSettled: Bool { inner.map { $0.lower >= margin || $0.upper <= -margin } ?? false }

  private var comparative: String { (effect ?? 0) > 0 ? "easier" : "harder" }

  private var more: String {
    guard let further else { return "more participants" }
    let about = conclusion == .inconclusive ? "about " : ""
    return "\(about)\(further) more \(further == 1 ? "participant" : "participants")"
  }

  private var difference: String {
    guard let effect else { return "there are no answers that count" }
    return "the share right differs by \(signed(effect)) over \(participants(participantCount))"
  }

  private func participants(_ count: Int) -> String { count == 1 ? "1 participant" : "\(count) participants" }

  private var marginText: String {
    let short = String(format: "%.2f", margin)
    return Double(short) == margin ? short : "\(margin)"
  }

  private var plusMinus: String { "±\(marginText)" }

  private func text(_ interval: ConfidenceInterval?) -> String {
    guard let interval else { return "no interval" }
    return "\(String(format: "%.4g", 100 * interval.level)) % interval \(signed(interval.lower)) to "
      + "\(signed(interval.upper))"
  }

  private func signed(_ value: Double) -> String {
    String(format: "%+.3f", value).replacing("-", with: "−")
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
