import Datasets
import Foundation
import Storage
import Tensors

/// A network with everything that must travel with it: class names, where it came from, how good it was.
public struct Model: Sendable {
  /// How a network came about, as far as it is known. Networks from elsewhere may lack all of it.
  public struct Provenance: Codable, Equatable, Sendable {
    /// At most ``LongestName/byteCount`` bytes.
    public var dataName: String?
    /// Of the data trained on; see `Dataset.checksum`.
    public var dataChecksum: String?
    /// How those were read.
    public var reading: DatasetOptions?
    /// Whether its held-out images were chosen by ``reading``, because the data came without a test part.
    public var isSplitHere: Bool?
    /// Of the images it was trained on, without those that its data held out as well.
    public var trainedImages: ImageSketch?
    public var training: TrainingConfiguration?
    public var epochsTrained: Int?
    /// On the data set's held-out images, after training.
    public var heldOutAccuracy: Double?
    public var toolVersion: String?

    public init() {}
  }

  public var network: Network
  public var classNames: [String]
  public var provenance: Provenance

  public init(network: Network, classNames: [String], provenance: Provenance = Provenance()) {
    precondition(
      classNames.count == network.classCount, "\(network.classCount) classes, got \(classNames.count) names")
    self.network = network
    self.classNames = classNames
    self.provenance = provenance
  }

  /// SHA-256, in hexadecimal, of the architecture and every parameter: what decides the outputs and nothing else.
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
