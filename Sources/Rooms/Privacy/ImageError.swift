import Inference
import Lab
import Tensors

/// The sampling error of the held-out images in a mean over networks: half-widths of a 95 % interval.
///
/// All networks are measured on the same held-out images, so their spread does not include this error, and more networks
/// do not reduce it.
struct ImageError: Equatable {
  let below: Double
  let above: Double

  init(below: Double, above: Double) { (self.below, self.above) = (below, above) }

  /// Creates the error of a mean advantage: the average of the networks' Newcombe half-widths, as if their errors were
  /// fully correlated.
  ///
  /// - Returns: nil for no networks, and when one has no advantage.
  init?(ofAdvantages networks: [PrivacyMeasurement]) {
    let widths = networks.compactMap { network in
      network.membership.flatMap { attack in
        network.advantageInterval.map { (attack.advantage - $0.lower, $0.upper - attack.advantage) }
      }
    }
    guard !widths.isEmpty, widths.count == networks.count else { return nil }
    below = widths.reduce(0) { $0 + $1.0 } / Double(widths.count)
    above = widths.reduce(0) { $0 + $1.1 } / Double(widths.count)
  }

  /// Creates the error of the mean difference between two proportions of the same n images, over pairs of networks.
  ///
  ///     z √(Σ dᵢ²) / n,   dᵢ: share of the pairs in which image i counts for the one, minus that for the other
  ///
  /// With one pair it is McNemar's, z √(discordant images) / n. McNemar (1947).
  /// <https://doi.org/10.1007/BF02295996>
  ///
  /// - Parameter pairs: The numbers of the images that count, for either network.
  /// - Returns: nil without pairs or images.
  init?(ofDifferences pairs: [(one: Set<Int>, other: Set<Int>)], imageCount: Int) {
    guard !pairs.isEmpty, imageCount > 0 else { return nil }
    var sums: [Int: Int] = [:]
    for (one, other) in pairs {
      for image in one.subtracting(other) { sums[image, default: 0] += 1 }
      for image in other.subtracting(one) { sums[image, default: 0] -= 1 }
    }
    let squares = sums.values.reduce(0) { $0 + $1 * $1 }
    let width =
      Self.normalQuantile * Double(squares).squareRoot() / Double(pairs.count) / Double(imageCount)
    (below, above) = (width, width)
  }

  private static let normalQuantile = 1.959_963_984_540_054

  /// The error of the difference of two means with independent errors.
  func minus(_ other: ImageError) -> ImageError {
    ImageError(below: hypotenuse(below, other.above), above: hypotenuse(above, other.below))
  }
}

extension MeanWithInterval {
  /// The mean with an interval that includes the error of the images: half-widths are added in quadrature, as Newcombe does
  /// for two proportions. It is never narrower than either; for networks that are all equal it is that of the images alone,
  /// and a single network still has none.
  func adding(_ error: ImageError?) -> MeanWithInterval {
    guard let error, count > 1 else { return self }
    let range = range ?? mean...mean
    var sum = self
    sum.interval95 = [
      mean - hypotenuse(mean - range.lowerBound, error.below),
      mean + hypotenuse(range.upperBound - mean, error.above),
    ]
    return sum
  }
}

private func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
