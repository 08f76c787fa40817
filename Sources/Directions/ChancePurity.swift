import Tensors

/// The purity expected for random images, the baseline of every purity.
///
///     E₀ = E[max_c n_c] / k   over k images drawn without replacement
public struct ChancePurity: Equatable, Codable, Sendable {
  /// Size of the sets, k.
  public let imageCount: Int
  /// E₀ as simulated; its standard error is below 0.002 from 10,000 draws on.
  public let value: Double

  /// Estimates E₀ by simulation.
  ///
  /// - Parameters:
  ///   - imageCount: k, in `1...labels.values.count`.
  ///   - labels: The whole probe set.
  ///   - drawCount: Simulated sets.
  public init(imageCount: Int, labels: ClassLabels, seed: UInt64, drawCount: Int = 10_000) {
    precondition(
      (1...max(labels.values.count, 1)).contains(imageCount) && drawCount > 0,
      "cannot draw \(drawCount) sets of \(imageCount) from \(labels.values.count) images")
    var generator = SeededGenerator(seed: seed, purpose: "chance purity")
    var total = 0
    for _ in 0..<drawCount {
      let images = generator.sample(imageCount, of: labels.values.count)
      total += labels.counts(among: images).max() ?? 0
    }
    self.imageCount = imageCount
    value = Double(total) / Double(drawCount * imageCount)
  }

  /// (purity − E₀) / (1 − E₀): 0 for random images, 1 for one class.
  ///
  /// - Returns: `nil` when chance is already 1, as for a single image or a single class, or when the set is not of the
  ///   simulated size.
  public func adjusted(_ agreement: LabelAgreement) -> Double? {
    guard agreement.imageCount == imageCount, value < 1, let purity = agreement.purity else { return nil }
    return (purity - value) / (1 - value)
  }
}
