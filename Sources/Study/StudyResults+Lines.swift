import Foundation
import Lab

extension StudyResults {
  /// What the numbers are of, for captions.
  public var caption: String {
    "Two-alternative choice: which of two images belongs to \(design.referenceCount) others? \(includedCount) "
      + "participants, \(design.directionsPerKind) neurons and as many random directions, one question about each; "
      + "\(design.negatives.words). In brackets: 95 % interval, participants drawn with replacement."
  }

  /// For a terminal: the verdict, then the numbers.
  public var lines: [String] {
    var lines = [verdict.wording, verdict.sentence, ""]
    lines.append("\(joinedCount) joined, \(finishedCount) finished, answers of \(includedCount) count")
    lines += exclusions.map { "  \($0.reason.rawValue): \($0.count)" }
    if let count = clockSetBackCount {
      lines.append("  the server's clock was set back, times not known, no rule about time applied: \(count)")
    }
    for (title, ofAllFinished) in [("answers that count", false), ("all who finished", true)] {
      lines += ["", title] + table(ofAllFinished: ofAllFinished)
      if includedCount == finishedCount { break }
    }
    if includedCount != finishedCount {
      lines += ["", "With all who finished: \(verdictOfAllFinished.wording)."]
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
        estimate.measure == .discrimination ? "neurons above random directions" : estimate.group.rawValue
      return [
        estimate.measure.rawValue, group, number(estimate.value), interval, "\(estimate.answerCount)",
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
