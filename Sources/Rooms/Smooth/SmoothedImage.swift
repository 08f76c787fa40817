import Adversarial
import Tensors

/// One held-out image, smoothed with noise of one standard deviation.
public struct SmoothedImage: Codable, Equatable, Sendable {
  /// Number in the data set, from 0.
  public var imageID: Int
  public var label: Int
  /// The class predicted without noise.
  public var basePrediction: Int
  public var certificate: SmoothedCertificate

  /// The prediction of the two-sided test on the estimation draws.
  package func answer(alpha: Double) -> SmoothedPrediction {
    SmoothedPrediction(counts: certificate.counts, alpha: alpha)
  }

  /// The prediction of the smoothed classifier: the certified class, else that of the two-sided test; nil: it abstains.
  ///
  /// The two agree wherever neither abstains. The test spends half of α on the other side, so it may abstain where there is
  /// a certificate with a radius near 0.
  package func label(alpha: Double) -> Int? { certificate.label ?? answer(alpha: alpha).label }

  /// The certified radius of the true class; 0 where that is not certified.
  var certifiedRadius: Double { certificate.leading == label ? certificate.radius ?? 0 : 0 }
}

/// The certificates at one standard deviation, kept portion by portion.
struct SmoothingPart: Codable, Sendable {
  /// Everything besides data and model that determines the certificates.
  struct Settings: Codable, Equatable, Sendable {
    var deviation: Double
    var imageCount: Int?
    var selectionCount: Int
    var estimationCount: Int
    var alpha: Double
    var seed: UInt64
  }

  /// The first images of the sample, in its order.
  var images: [SmoothedImage]
}

/// The results of one attack at one standard deviation.
struct SmoothingAttackPart: Codable, Sendable {
  struct Settings: Codable, Equatable, Sendable {
    var smoothing: SmoothingPart.Settings
    var epsilon: Double
    var stepCount: Int
    var drawCount: Int
  }

  var epsilon: Double
  /// Of the images whose clean prediction is correct.
  var evaluation: SmoothedEvaluation
  /// Numbers of the images that the network without noise classifies correctly, but misclassifies under the same attack on
  /// itself.
  var baseLost: [Int]
}

extension SmoothedImage: Checked {
  public func check() throws(CheckFailure) {
    try requirePlace(label, of: certificate.counts.count, "label")
    try requirePlace(basePrediction, of: certificate.counts.count, "basePrediction")
  }
}
