import Adversarial
import Inference
import Privacy
import Tensors
import TrainRoom

/// The measurements of one network.
public struct PrivacyMeasurement: Codable, Equatable, Sendable {
  public var arm: PrivacyArm
  /// The seed of initial weights, lots and noise.
  public var seed: UInt64
  public var modelChecksum: String
  /// On all held-out images.
  public var accuracy: Proportion
  /// On the members of membership inference, a sample of the images that it was trained on.
  public var trainingAccuracy: Proportion
  /// Median ℓ2 distance of the smallest perturbations found, over the attacked images that are classified correctly; nil
  /// when there is none.
  public var medianDistance: Double?
  /// Successes of the attack, of the attacked images that are classified correctly.
  public var fooled: Proportion
  /// Robust accuracy at the radius, of all attacked images: an upper bound.
  public var robust: Proportion
  /// Numbers of the held-out images that count as robust.
  public var robustImages: [Int]
  /// nil when there are too few images, or a loss is NaN.
  public var membership: MembershipAttack?
  /// The privacy account of the training; nil for training without clipping and noise.
  public var account: PrivacyAccount?
  /// For a stopped network, the number of training images that it was trained on, each as often as it was used.
  public var imagesSeen: Int?

  /// Newcombe's 95 % interval of the advantage of membership inference, over images.
  public var advantageInterval: ConfidenceInterval? {
    membership.flatMap { ProportionDifference($0.truePositives, minus: $0.falsePositives).interval95 }
  }
}

extension PrivacyMeasurement: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(accuracy.total, "accuracy")
  }
}
