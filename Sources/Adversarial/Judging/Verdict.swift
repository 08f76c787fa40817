import Networks
import Tensors

/// Outcome of an attack on one image.
public enum Verdict: String, CaseIterable, Codable, Sendable {
  /// Not attacked: the clean image is misclassified.
  case alreadyWrong
  /// Not attacked: the target is the true class and already predicted.
  case alreadyTarget
  /// Attacked; the goal was not reached, and the original image was returned.
  case failed
  /// Attacked; the prediction for the returned image reaches the goal.
  case succeeded

  /// Neither a success nor a failure: excluded from the denominator of the success rate.
  public var isSkipped: Bool { self == .alreadyWrong || self == .alreadyTarget }
}

/// The record of one attacked image.
public struct AttackedImage: Equatable, Codable, Sendable {
  /// Number of the image in its data set.
  public let imageID: Int
  /// True class.
  public let label: Int
  /// Target class; `nil` for an untargeted attack.
  public let target: Int?
  public let verdict: Verdict
  /// Prediction for the clean image.
  public let before: Prediction
  /// Prediction for the attack's proposal, after projection; for a skipped image, the clean one.
  public let attempt: Prediction
  /// Prediction for the returned image: the attempt if it succeeded, otherwise the clean one.
  public let after: Prediction
  /// Returned image's distortion; 0 without success.
  public let distortion: Distortion
  /// The attempt's distortion; `nil` for a skipped image, and in records of earlier versions.
  public let attemptDistortion: Distortion?
  /// Whether a success survives rounding its pixels to k/255, as in a PNG; `nil` without success.
  public let survives8Bit: Bool?
  /// Whether the proposal was outside ball or box and was projected onto them: an error of the attack.
  public let wasProjected: Bool
  /// Whether the attack met a gradient that was zero in every pixel.
  public let hadZeroGradient: Bool
  /// The queries of a black-box attack and their results; `nil` for other attacks and for skipped images.
  public let queries: QueryTrace?

  /// Whether the returned image is classified correctly.
  public var isRobust: Bool { after.label == label }
}

extension AttackedImage: Checked {
  public func check() throws(CheckFailure) {
    for (name, number) in [("imageID", imageID), ("label", label), ("target", target ?? 0)] {
      try require(number >= 0, name, "expected a number from 0, found \(number)")
    }
  }
}
