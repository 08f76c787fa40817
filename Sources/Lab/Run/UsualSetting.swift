import Datasets
import Directions
import Foundation

/// Settings that nobody gave: each has its usual value, or less where there is less, and the run remarks it.
package struct UsualSetting {
  /// What gave way, for ``Run``.
  package private(set) var remarks: [String] = []

  package init(remarks: [String] = []) {
    self.remarks = remarks
  }

  /// - Parameters:
  ///   - isGiven: Whether the user asked for `value`: it stays, and what cannot be is an error elsewhere.
  ///   - what: What is counted, in the plural.
  ///   - reason: Why there cannot be more.
  package mutating func fit(
    _ value: inout Int, atMost most: Int, isGiven: Bool, _ what: String, because reason: String
  ) {
    guard !isGiven, value > most, most > 0 else { return }
    remarks.append("\(what): \(most), not \(value) as is usual, because \(reason)")
    value = most
  }

  /// A top set that no class can fill, and what its κ can reach then.
  package mutating func noteLargestKappa(topCount: Int, in labels: ClassLabels, _ words: String) {
    guard let most = LabelAgreement.largestKappa(topCount: topCount, in: labels), most < 1 else { return }
    remarks.append(
      "κ of \(topCount) images is \(String(format: "%.2f", most)) at most, not 1, because no class has as many \(words)"
    )
  }

  /// A choice that is not a number.
  package mutating func note(_ remark: String) { remarks.append(remark) }
}
