import CKernels

/// The method that proposes candidate images for a ranking; exact scores decide, so the ranking is the same.
enum Proposer: CaseIterable, Sendable {
  /// Products in single precision: ``Scores``.
  case singlePrecision
  /// Products of bytes: ``ByteFeatures``.
  case portableBytes, avx2Bytes, avx512Bytes

  var byteInstructions: byte_product_instructions? {
    switch self {
    case .singlePrecision: nil
    case .portableBytes: byte_product_portable
    case .avx2Bytes: byte_product_avx2
    case .avx512Bytes: byte_product_avx512
    }
  }

  /// Whether this machine can run it.
  var isSupported: Bool { byteInstructions.map { byte_product_is_supported($0) != 0 } ?? true }

  /// Bytes first need a pass over the features, which costs as much as some 40 directions in single precision; without
  /// instructions for bytes, single precision is faster. If the ranking holds a large part of all images, most of the
  /// time is spent on exact scores with any proposer.
  static func fastest(for features: FeatureMatrix, _ directions: DirectionSet, topCount: Int) -> Proposer {
    guard
      directions.neuronIndices == nil, directions.count >= 64, features.imageCount >= 1024,
      features.dimension <= ByteFeatures.largestDimension, topCount <= features.imageCount / 16
    else { return .singlePrecision }
    return [.avx512Bytes, .avx2Bytes].first(where: \.isSupported) ?? .singlePrecision
  }
}
