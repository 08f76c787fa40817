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
