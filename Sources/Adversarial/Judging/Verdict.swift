import Networks
import Tensors

/// What became of one image under an attack.
public enum Verdict: String, CaseIterable, Codable, Sendable {
  /// Not attacked: the classifier was wrong without help.
  case alreadyWrong
  /// Not attacked: the classifier already said the target, rightly.
  case alreadyTarget
  /// Attacked; the goal was not reached, and the original image was returned.
  case failed
  /// Attacked; the classifier says of the returned image what the attacker wanted.
  case succeeded

  /// Neither a success nor a failure: outside the denominator of the success rate.
  public var isSkipped: Bool { self == .alreadyWrong || self == .alreadyTarget }
}

/// The record of one attacked image.
public struct AttackedImage: Equatable, Codable, Sendable {
  /// Number of the image in its data set.
  public let imageID: Int
  /// True class.
  public let label: Int
  /// Class that was aimed at; `nil` for an untargeted attack.
  public let target: Int?
  public let verdict: Verdict
  /// Of the clean image.
  public let before: Prediction
  /// Of the attack's proposal, after projection; for a skipped image, of the clean one.
  public let attempt: Prediction
  /// Of the returned image: the attempt if it succeeded, otherwise the clean one.
  public let after: Prediction
  /// Of the returned image; all zero unless the attack succeeded.
  public let distortion: Distortion
  /// Of the attempt; `nil` for a skipped image, and in records of earlier versions.
  public let attemptDistortion: Distortion?
  /// Whether a success is still one after its pixels are rounded to k/255, as a PNG stores them; `nil` otherwise.
  public let survives8Bit: Bool?
  /// The proposal was outside ball or box and was moved to the nearest point inside: a mistake of the attack.
  public let wasProjected: Bool
  /// The attack met a gradient that was zero in every pixel.
  public let hadZeroGradient: Bool
  /// What a black-box attack asked about it, and what it had by when; `nil` of other attacks and of skipped images.
  public let queries: QueryTrace?

  /// The classifier is right about the returned image.
  public var isRobust: Bool { after.label == label }
}

extension AttackedImage: Checked {
  public func check() throws(CheckFailure) {
    for (name, number) in [("imageID", imageID), ("label", label), ("target", target ?? 0)] {
      try require(number >= 0, name, "expected a number from 0, found \(number)")
    }
  }
}
