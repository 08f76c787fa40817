import Datasets
import Networks

extension Model {
  /// - Throws: ``NetworkError`` when images of this shape or number of classes do not belong to the network.
  package func check(fits images: LabelledImages) throws {
    guard network.inputShape == images.shape else {
      throw NetworkError.wrongImageShape(expected: network.inputShape, found: images.shape)
    }
    guard network.classCount == images.classNames.count else {
      throw NetworkError.wrongClassCount(expected: network.classCount, found: images.classNames.count)
    }
  }

  /// What a user should know about using the model on these data; no error.
  public func remarks(on dataset: Dataset) -> [String] {
    var remarks: [String] = []
    let known = provenance
    if known.dataName == dataset.name, let checksum = known.dataChecksum, checksum != dataset.checksum {
      // What is known is told of the data; see ``GivenModels``.
      let doubt =
        known.trainedImages == nil ? ": held-out images may be among those it was trained on" : ""
      remarks.append(
        "the model was trained on other data of the name \(dataset.name) (checksum \(checksum.prefix(12))), or on "
          + "another selection of them\(doubt)")
    } else if let name = known.dataName, name != dataset.name {
      remarks.append("the model was trained on \(name), the images are those of \(dataset.name)")
    }
    if classNames != dataset.heldOut.classNames {
      remarks.append(
        "the model's classes have other names than those of the data (\(classNames[0]) and "
          + "\(dataset.heldOut.classNames[0]) for class 0): predictions are compared by number")
    }
    return remarks
  }
}
