import Foundation
import Lab
import Networks
import Privacy
import Tensors

/// How private a training is to be, before it is known how many images there are.
public struct PrivacyRequest: Codable, Equatable, Sendable {
  public enum Noise: Codable, Equatable, Sendable {
    /// σ
    case multiplier(Double)
    /// As much as all epochs together need for this ε.
    case epsilon(Double)
  }

  public var noise: Noise
  /// C
  public var clip: Double
  /// δ
  public var delta: Double

  public init(_ noise: Noise, clip: Double = 1, delta: Double = 1e-5) {
    precondition(delta > 0 && delta < 1, "δ lies between 0 and 1, got \(delta)")
    precondition(clip > 0 && clip.isFinite, "the clipping bound must be positive, got \(clip)")
    (self.noise, self.clip, self.delta) = (noise, clip, delta)
  }

  /// Settings of private training on so many images.
  ///
  /// - Throws: ``PrivacyRequestError``
  package func settings(for training: TrainingConfiguration, imageCount: Int) throws -> PrivateTraining {
    switch noise {
    case .multiplier(let multiplier): return PrivateTraining(clip: clip, noiseMultiplier: multiplier)
    case .epsilon(let epsilon):
      let (rate, count) = training.lots(of: imageCount)
      let stepCount = count * training.epochCount
      guard stepCount > 0 else { return PrivateTraining(clip: clip, noiseMultiplier: 0) }
      guard
        let multiplier = SampledGaussian.noiseMultiplier(
          forEpsilon: epsilon, delta: delta, samplingRate: rate, stepCount: stepCount)
      else { throw PrivacyRequestError.unreachable(epsilon: epsilon, delta: delta) }
      return PrivateTraining(clip: clip, noiseMultiplier: multiplier)
    }
  }
}

public enum PrivacyRequestError: ArgumentError, Equatable, CustomStringConvertible {
  case unreachable(epsilon: Double, delta: Double)
  case tooFewImages(training: Int, heldOut: Int)

  public var isAboutArguments: Bool {
    if case .unreachable = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .unreachable(let epsilon, let delta):
      "no noise gives ε = \(epsilon) at δ = \(delta); ask for a larger ε or fewer epochs"
    case .tooFewImages(let training, let heldOut):
      "there are \(training) training and \(heldOut) held-out images: an experiment on privacy needs at least two of each, "
        + "to choose a threshold with one half and judge it on the other"
    }
  }
}

/// What a training gave away, and how that was reckoned.
public struct PrivacyAccount: Codable, Equatable, Sendable {
  /// Nil where nothing is promised: there was no noise.
  public var epsilon: Double?
  public var delta: Double
  /// α of the Rényi divergence that gave ε.
  public var order: Double?
  public var conversion: RenyiConversion
  /// ε by the conversion of Mironov (2017), which older accountants use.
  public var classicEpsilon: Double?
  public var clip: Double
  public var noiseMultiplier: Double
  /// q, the lot size over the number of images.
  public var samplingRate: Double
  /// L, expected.
  public var lotSize: Int
  public var imageCount: Int
  public var stepCount: Int

  package init(
    _ privacy: PrivateTraining, _ training: TrainingConfiguration, imageCount: Int, stepCount: Int,
    delta: Double
  ) {
    let accountant = RenyiAccountant(
      SampledGaussian(
        samplingRate: training.lots(of: imageCount).samplingRate, noiseMultiplier: privacy.noiseMultiplier),
      stepCount: stepCount)
    let guarantee = accountant.guarantee(delta: delta)
    let classic = accountant.guarantee(delta: delta, conversion: .classic).epsilon
    epsilon = guarantee.epsilon < .infinity ? guarantee.epsilon : nil
    classicEpsilon = classic < .infinity ? classic : nil
    order = guarantee.order
    conversion = .improved
    self.delta = delta
    clip = privacy.clip
    noiseMultiplier = privacy.noiseMultiplier
    samplingRate = training.lots(of: imageCount).samplingRate
    lotSize = min(training.batchSize, imageCount)
    self.imageCount = imageCount
    self.stepCount = stepCount
  }

  /// What is promised of the whole training.
  public var guarantee: PrivacyGuarantee {
    PrivacyGuarantee(epsilon: epsilon ?? .infinity, delta: delta, order: order)
  }

  public var sentence: String {
    let how =
      "σ \(Self.short(noiseMultiplier)), C \(Self.short(clip)), \(stepCount) lots of \(lotSize) expected out of "
      + "\(imageCount) images"
    guard let epsilon else { return "no promise of privacy: no noise; \(how)" }
    return String(format: "private: ε = " + ((0.001..<1e6).contains(epsilon) ? "%.3f" : "%.3g"), epsilon)
      + " at δ = \(Self.short(delta)) (\(how))"
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}

extension PrivacyAccount: Checked {
  public func check() throws(CheckFailure) {
    try require(0 < delta && delta < 1, "delta", "expected a number between 0 and 1, found \(delta)")
    try requireNotNegative(epsilon, "epsilon")
    try requireShare(samplingRate, "samplingRate")
  }
}
