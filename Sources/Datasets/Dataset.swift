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
  /// What was left out, assumed or guessed while it was read, and what its images and labels look like although they
  /// should not. Of a data set made in memory there are none.
  public internal(set) var remarks: [DatasetRemark] = []
  /// Whether the held-out images were chosen here, because the data came without a test part.
  public internal(set) var isSplitHere = false

  /// The place of a data set on disk.
  public enum Origin: Equatable, Sendable {
    /// Every image below the folder belongs to it.
    case folders(in: URL)
    /// A few files of the folder are the data set.
    case files(in: URL)
  }

  /// The same held-out images beside a part of the training images.
  ///
  /// - Parameter rows: Of the training images, ascending.
  public func training(on rows: [Int], name: String) -> Dataset {
    var dataset = Dataset(name: name, training: training.selecting(rows), heldOut: heldOut)
    dataset.isSplitHere = isSplitHere
    return dataset
  }

  /// The same with more to remark on, by whoever knows more than the files say.
  public func remarking(_ more: [DatasetRemark]) -> Dataset {
    var dataset = self
    dataset.remarks += more
    return dataset
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
