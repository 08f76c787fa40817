import Foundation

/// Training images and held-out images of the same classes, with what is needed to say where they came from.
public struct Dataset: Sendable {
  /// As a user would call it: `fashion-mnist`, or a folder's name.
  public let name: String
  public let training: LabelledImages
  /// Not trained on: every ranking, statistic and attack uses these unless training images are asked for by name.
  public let heldOut: LabelledImages
  /// SHA-256, in hexadecimal, of shape, class names, labels and decoded pixels of both parts; it does not
  /// change when a file is compressed anew.
  public let checksum: String
  /// Where it was read; nil for one made in memory.
  public var origin: Origin?

  /// The place of a data set on disk.
  public enum Origin: Equatable, Sendable {
    /// Every image below the folder belongs to it.
    case folders(in: URL)
    /// A few files of the folder are the data set.
    case files(in: URL)
  }

  public init(name: String, training: LabelledImages, heldOut: LabelledImages, checksum: String) {
    precondition(
      training.shape == heldOut.shape && training.classNames == heldOut.classNames,
      "training and held-out images must agree in shape and classes")
    self.name = name
    self.training = training
    self.heldOut = heldOut
    self.checksum = checksum
  }
}
