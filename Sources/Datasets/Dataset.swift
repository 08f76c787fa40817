import Foundation

/// Training images and held-out images of the same classes, with their provenance.
public struct Dataset: Sendable {
  /// The name used by a user: `fashion-mnist`, or a folder's name.
  public let name: String
  public let training: LabelledImages
  /// Not trained on: every ranking, statistic and attack uses these unless training images are requested.
  public let heldOut: LabelledImages
  /// SHA-256, in hexadecimal, of shape, class names, labels and decoded pixels of both parts; it does not
  /// change when a file is recompressed.
  public let checksum: String
  /// Where it was read from; nil for one made in memory.
  public var origin: Origin?
  /// What was left out, assumed or guessed while it was read, and anything suspicious in its images and labels. Empty
  /// for a data set made in memory.
  public internal(set) var remarks: [DatasetRemark] = []
  /// Whether the held-out images were chosen here, because the data came without a test part.
  public internal(set) var isSplitHere = false

  /// The place of a data set on disk.
  public enum Origin: Equatable, Sendable {
    /// Every image below the folder belongs to it.
    case folders(in: URL)
    /// The data set is a few files of the folder.
    case files(in: URL)
  }

  /// The same held-out images, with a subset of the training images.
  ///
  /// - Parameter rows: Indices of the training images to keep, ascending.
  public func training(on rows: [Int], name: String) -> Dataset {
    var dataset = Dataset(name: name, training: training.selecting(rows), heldOut: heldOut)
    dataset.isSplitHere = isSplitHere
    return dataset
  }

  /// The same data set with additional remarks.
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
