import Adversarial
import Tensors

/// One held-out image under one deviation of noise.
public struct SmoothedImage: Codable, Equatable, Sendable {
  /// Number in the data set.
  public var imageID: Int
  public var label: Int
  /// What the network says without noise.
  public var basePrediction: Int
  public var certificate: SmoothedCertificate

  /// From the draws of the estimation.
  package func answer(alpha: Double) -> SmoothedPrediction {
    SmoothedPrediction(counts: certificate.counts, alpha: alpha)
  }

  /// What the smoothed classifier answers: the certified class, else that of the two-sided test; nil: nothing.
  ///
  /// The two agree wherever both speak. The test spends half of α on the other side, so that a certificate with a radius
  /// near 0 may stand where it has no answer.
  package func label(alpha: Double) -> Int? { certificate.label ?? answer(alpha: alpha).label }

  /// The radius for the true class; 0 where there is none.
  var certifiedRadius: Double { certificate.leading == label ? certificate.radius ?? 0 : 0 }
}

/// What is measured at one deviation, kept as it goes.
struct SmoothingPart: Codable, Sendable {
  /// Everything but data and model that decides the certificates.
  struct Settings: Codable, Equatable, Sendable {
    package var deviation: Double
    package var imageCount: Int?
    package var selectionCount: Int
    package var estimationCount: Int
    package var alpha: Double
    package var seed: UInt64
  }

  /// The first ones of those drawn, in their order.
  var images: [SmoothedImage]
}

/// What one attack left at one deviation.
struct SmoothingAttackPart: Codable, Sendable {
  struct Settings: Codable, Equatable, Sendable {
    package var smoothing: SmoothingPart.Settings
    package var epsilon: Double
    package var stepCount: Int
    var drawCount: Int
  }

  var epsilon: Double
  /// Those that were right when clean.
  var evaluation: SmoothedEvaluation
  /// Numbers of the images that the network without noise gets right, but not under the same attack on itself.
  var baseLost: [Int]
}

extension SmoothedImage: Checked {
  public func check() throws(CheckFailure) {
    try requirePlace(label, of: certificate.counts.count, "label")
    try requirePlace(basePrediction, of: certificate.counts.count, "basePrediction")
  }
}
