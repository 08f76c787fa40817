import ArgumentParser
import Poisoning

/// Shares of images or labels to poison.
package enum PoisonedShares {
  /// Reads the value of `--shares`, such as `0,0.1,0.5`.
  ///
  /// - Throws: `ValidationError`.
  static func parsed(_ text: String) throws -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    let shares = parts.compactMap(\.self)
    guard shares.count == parts.count, shares.allSatisfy({ (0...1).contains($0) }) else {
      throw ValidationError(
        "--shares takes numbers from 0 to 1 separated by commas, such as 0.1,0.3, got \(text)")
    }
    return shares
  }

  /// In ascending order, with 0, the control.
  static func withControl(_ shares: [Double]) -> [Double] { Set(shares + [0]).sorted() }

  /// Whether a share of so many images is at least one of them, or 0.
  package static func isMeasurable(_ share: Double, of total: Int) -> Bool {
    share == 0 || LabelFlips.count(share, of: total) > 0
  }

  /// - Throws: ``PoisonError/shareTooSmall(share:count:)``.
  static func check(_ shares: [Double], of total: Int) throws {
    for share in shares where !isMeasurable(share, of: total) {
      throw PoisonError.shareTooSmall(share: share, count: total)
    }
  }
}
