import Adversarial
import Foundation
import Lab

extension StudyResults {
  /// What the numbers are of, for captions.
  public var caption: String {
    "Two-alternative forced choice: which of two images belongs with \(design.referenceCount) others? "
      + "\(includedCount) participants; \(design.directionsPerKind) neurons and as many random directions, one question "
      + "about each; \(design.negatives.words). In brackets: 95 % bootstrap interval over participants."
  }

  /// For a terminal: the verdict, then the numbers.
  public var lines: [String] {
    var lines = [verdict.wording, verdict.sentence, ""]
    lines.append("\(joinedCount) joined, \(finishedCount) finished, \(includedCount) included")
    lines += exclusions.map { "  excluded, \($0.reason.words): \($0.count)" }
    if let count = clockSetBackCount {
      lines.append("  times unknown (server clock set back), time rules not applied: \(count)")
    }
    for (title, ofAllFinished) in [("included participants", false), ("all who finished", true)] {
      lines += ["", title] + table(ofAllFinished: ofAllFinished)
      if includedCount == finishedCount { break }
    }
    if includedCount != finishedCount {
      lines += ["", "Verdict for all who finished: \(verdictOfAllFinished.wording)."]
    }
    return lines
  }

  private func table(ofAllFinished: Bool) -> [String] {
    let estimates = ofAllFinished ? estimatesOfAllFinished : self.estimates
    let rows = estimates.map { estimate -> [String] in
      let isSigned = estimate.isSigned
      func number(_ value: Double?) -> String {
        value.map { String(format: isSigned ? "%+.3f" : "%.3f", $0).replacing("-", with: "−") } ?? "–"
      }
      let interval = estimate.interval.map { "\(number($0.lower)) to \(number($0.upper))" } ?? "–"
      let group =
        estimate.measure == .discrimination ? "neurons vs random directions" : estimate.group.rawValue
      return [
        estimate.measure.words, group, number(estimate.value), interval, "\(estimate.answerCount)",
      ]
    }
    return TextTable.lines([["", "", "value", "95 % interval", "answers"]] + rows, textColumns: [0, 1]).map {
      "  \($0)"
    }
  }
}

extension StudyEstimate {
  /// 0 is the value that says nothing.
  var isSigned: Bool { measure == .confidence || group == .difference && measure != .discrimination }
}
