import Datasets
import Foundation
import Storage
import Tensors

/// A network with the metadata that belongs to it: class names, provenance and accuracy.
public struct Model: Sendable {
  /// The known provenance of a network. Networks from elsewhere may lack all of it.
  public struct Provenance: Codable, Equatable, Sendable {
    /// At most ``LongestName/byteCount`` bytes.
    public var dataName: String?
    /// Checksum of the training data; see `Dataset.checksum`.
    public var dataChecksum: String?
    /// How the training data were read.
    public var reading: DatasetOptions?
    /// Whether its held-out images were chosen by ``reading``, because the data came without a test part.
    public var isSplitHere: Bool?
    /// A sketch of the training images, excluding those also held out by the data set.
    public var trainedImages: ImageSketch?
    public var training: TrainingConfiguration?
    public var epochsTrained: Int?
    /// Accuracy on the data set's held-out images, after training.
    public var heldOutAccuracy: Double?
    public var toolVersion: String?

    public init() {}
  }

  public var network: Network
  public var classNames: [String]
  public var provenance: Provenance

  /// What classes are called where nobody says: "class 0" and so on.
  public static func unnamedClasses(_ count: Int) -> [String] { (0..<count).map { "class \($0)" } }

  public init(network: Network, classNames: [String], provenance: Provenance = Provenance()) {
    precondition(
      classNames.count == network.classCount, "\(network.classCount) classes, got \(classNames.count) names")
    self.network = network
    self.classNames = classNames
    self.provenance = provenance
  }

  /// SHA-256, in hexadecimal, of the architecture and all parameters: exactly what determines the outputs.
  public var checksum: String {
    get throws {
      var checksum = Checksum()
      checksum.update(Data(try network.graph.architecture.json.utf8))
      for tensor in network.parameters { tensor.elements.withUnsafeBytes { checksum.update($0) } }
      return checksum.hexadecimal()
    }
  }
}

extension Model.Provenance: Checked {
  public func check() throws(CheckFailure) {
    for (property, name) in [("dataName", dataName), ("toolVersion", toolVersion)] {
      let problem = name.flatMap(LongestName.problem)
      try require(problem == nil, property, problem ?? "")
    }
    try requireShare(heldOutAccuracy, "heldOutAccuracy")
  }
}
