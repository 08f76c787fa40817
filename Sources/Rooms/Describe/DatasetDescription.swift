import Datasets
import Lab
import Tensors

/// What there is to know about a data set before using it.
public struct DatasetDescription: Codable, Sendable {
  public struct Class: Codable, Sendable {
    public var name: String
    public var trainingCount: Int
    public var heldOutCount: Int
  }

  public var name: String
  /// See `Dataset.checksum`.
  public var checksum: String
  /// Channels, height, width.
  public var shape: [Int]
  public var trainingCount: Int
  public var heldOutCount: Int
  public var classes: [Class]
  /// What was left out, assumed or guessed; see `Dataset.remarks`.
  public var remarks: [DatasetRemark]

  public init(of dataset: Dataset) {
    name = dataset.name
    checksum = dataset.checksum
    let images = dataset.training.shape
    shape = [images.channels, images.height, images.width]
    trainingCount = dataset.training.count
    heldOutCount = dataset.heldOut.count
    remarks = dataset.remarks
    let training = dataset.training.countOfEachClass
    let heldOut = dataset.heldOut.countOfEachClass
    classes = dataset.training.classNames.indices.map {
      Class(name: dataset.training.classNames[$0], trainingCount: training[$0], heldOutCount: heldOut[$0])
    }
  }

  /// A table for people.
  public var lines: [String] {
    let rows =
      [["class", "training", "held-out"]]
      + classes.map { [$0.name, String($0.trainingCount), String($0.heldOutCount)] }
      + [["all", String(trainingCount), String(heldOutCount)]]
    return [
      "\(name): images of \(shape.map(String.init).joined(separator: "×")) (channels×height×width)",
      "checksum \(checksum)", "",
    ]
      + TextTable.lines(rows) + (remarks.isEmpty ? [] : [""]) + remarks.map { "remark: \($0.sentence)" }
  }
}
