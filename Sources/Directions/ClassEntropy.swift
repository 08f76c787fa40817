import Foundation

/// How mixed the classes of a top set are.
///
///     H  = −Σ_c p_c log₂ p_c,   p_c = n_c / k                    in bits
///     H′ = H + (C_obs − 1) / (2 k ln 2)                          Miller (1955) and Madow
///     2^H                                                        perplexity, "effective classes"
///
/// with C_obs the number of classes that occur. H is biased downwards for small k: random images of ten balanced
/// classes have 2.47 bits at k = 9 instead of log₂ 10 = 3.32. The correction removes much of the bias, but not all. So
/// compare with ``ChanceEntropy`` of the same k, never with log₂ C.
///
/// H and the perplexity lie in [0, log₂ min(k, C)] and [1, min(k, C)]; H′ may exceed log₂ C.
public struct ClassEntropy: Equatable, Codable, Sendable {
  /// Size of the set, k.
  public let imageCount: Int
  /// H; `nil` for no images.
  public let bits: Double?
  /// H′; `nil` for no images.
  public let correctedBits: Double?
  /// 2^H, of the uncorrected entropy, so that it stays within the number of classes; `nil` for no images.
  public let perplexity: Double?

  /// - Parameters:
  ///   - images: Indices into `labels`, each at most once.
  ///   - labels: Labels of the whole probe set.
  public init(of images: [Int], in labels: ClassLabels) {
    imageCount = images.count
    guard !images.isEmpty else {
      (bits, correctedBits, perplexity) = (nil, nil, nil)
      return
    }
    let counts = labels.counts(among: images).filter { $0 > 0 }
    let bits = counts.reduce(0) { $0 + Self.term($1, of: images.count) }
    self.bits = bits
    correctedBits = bits + Self.correction(classCount: Double(counts.count), imageCount: images.count)
    perplexity = exp2(bits)
  }

  /// −p log₂ p of p = count / total; 0 for no images.
  static func term(_ count: Int, of total: Int) -> Double {
    guard count > 0 else { return 0 }
    let share = Double(count) / Double(total)
    return -share * log2(share) + 0  // −0 becomes 0
  }

  static func correction(classCount: Double, imageCount: Int) -> Double {
    (classCount - 1) / (2 * Double(imageCount) * log(2))
  }
}

/// The class entropy expected for random images, the baseline of every entropy.
///
///     E[H] = Σ_c E[−(n_c / k) log₂ (n_c / k)],   n_c hypergeometric,   and E[C_obs] = Σ_c P(n_c > 0)
///
/// for k images drawn without replacement: an expectation is additive, so no simulation is needed.
public struct ChanceEntropy: Equatable, Codable, Sendable {
  /// Size of the sets, k.
  public let imageCount: Int
  /// E[H].
  public let bits: Double
  /// E[H′].
  public let correctedBits: Double

  /// - Parameters:
  ///   - imageCount: k, in `1...labels.values.count`.
  ///   - labels: The whole probe set.
  public init(imageCount: Int, labels: ClassLabels) {
    precondition(
      (1...max(labels.values.count, 1)).contains(imageCount) && !labels.values.isEmpty,
      "cannot draw \(imageCount) of \(labels.values.count) images")
    var bits = 0.0
    var observedClasses = 0.0
    for count in labels.imageCounts where count > 0 {
      let draws = Hypergeometric(
        population: labels.values.count, markedCount: count, drawCount: imageCount)
      bits += draws.expectation { ClassEntropy.term($0, of: imageCount) }
      observedClasses += 1 - draws.probability(of: 0)
    }
    self.imageCount = imageCount
    self.bits = bits
    correctedBits = bits + ClassEntropy.correction(classCount: observedClasses, imageCount: imageCount)
  }
}
