import Adversarial
import Inference
import Privacy
import Tensors
import TrainRoom

/// What was measured on one network.
public struct PrivacyMeasurement: Codable, Equatable, Sendable {
  public var arm: PrivacyArm
  /// Of its initial weights, its lots and its noise.
  public var seed: UInt64
  public var modelChecksum: String
  /// Of all held-out images.
  public var accuracy: Proportion
  /// Of training images that it saw, as many as were asked about membership.
  public var trainingAccuracy: Proportion
  /// Median L2 of the smallest perturbations found, over the attacked images that the network gets right; nil of none.
  public var medianDistance: Double?
  /// Attacked images that the network gets right, and how many of these were fooled.
  public var fooled: Proportion
  /// Attacked images that the network gets right and that nothing within the radius was seen to fool: at most so many
  /// are robust, and of all images, so that an inaccurate network gains nothing.
  public var robust: Proportion
  /// Numbers of the held-out images that are these.
  public var robustImages: [Int]
  /// Nil where there are no halves of members, or a loss is no number.
  public var membership: MembershipAttack?
  /// Of the training; nil where it was not private training.
  public var account: PrivacyAccount?
  /// Of a network that was stopped: the training images that it saw, each as often as it saw it.
  public var imagesSeen: Int?

  /// 95 %, of the advantage, over images: Newcombe's.
  public var advantageInterval: ConfidenceInterval? {
    membership.flatMap { ProportionDifference($0.truePositives, minus: $0.falsePositives).interval95 }
  }
}

extension PrivacyMeasurement: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(accuracy.total, "accuracy")
  }
}
