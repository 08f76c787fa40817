import Inference
import Lab
import Tensors

/// By how much a mean over networks may be off because of the images that they were shown: half-widths of 95 %.
///
/// All networks are shown the same held-out images, so their spread does not tell this error, and more networks do not
/// make it smaller.
struct ImageError: Equatable {
  let below: Double
  let above: Double

  init(below: Double, above: Double) { (self.below, self.above) = (below, above) }

  /// Of the mean advantage: Newcombe's half-widths of each network, averaged, as if all had erred together.
  ///
  /// - Returns: Nil of none, and where one has no advantage.
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

  /// Of the mean difference between two shares of the same n images, over pairs of networks.
  ///
  ///     z √(Σ dᵢ²) / n,   dᵢ: in which share of the pairs image i counts for the one, less for the other
  ///
  /// With one pair it is McNemar's, z √(images that tell the two apart) / n. McNemar (1947).
  /// <https://doi.org/10.1007/BF02295996>
  ///
  /// - Parameter pairs: The images that count, of either.
  /// - Returns: Nil without pairs or images.
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

  /// Of the difference, as if the two erred independently.
  func minus(_ other: ImageError) -> ImageError {
    ImageError(below: hypotenuse(below, other.above), above: hypotenuse(above, other.below))
  }
}

extension MeanWithInterval {
  /// With the error of the images in its interval: half-widths are squared and added, as Newcombe does with those of two
  /// proportions. Never narrower than either; networks that are all alike have that of the images alone, and nothing is added
  /// where a single network has no interval.
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
