import Foundation
import Networks
import Storage

/// What a comparison measures and how it will be judged, declared before a network is looked at.
///
/// Written as `protocol.json` first of all; its ``hash`` stands on every figure and in every result, so that a
/// reader can tell whether the question was changed after the answer was known.
public struct ComparisonProtocol: Codable, Equatable, Sendable {
  /// A node of the network or `input`; nil: the feature layer.
  public var layer: String?
  /// What makes a unit of each map, where the layer gives maps.
  public var pooling: MapPooling
  /// The layer on this side of its activation; nil: as it is named.
  public var activation: ActivationReading?
  public var split: ImageSplit
  /// What is averaged over the directions of a basis: κ, ``LabelAgreement``.
  public var metric: String
  /// k, images of a top set.
  public var topCount: Int
  /// Sizes for the sensitivity panel.
  public var sensitivityTopCounts: [Int]
  /// Distribution of the bases that the neurons are compared with.
  public var null: String
  /// B, rotations for each network.
  public var rotationCount: Int
  /// Differences of the mean κ within ± this are too small to matter.
  public var margin: Double
  /// α of intervals and tests.
  public var level: Double
  /// From which rotations, directions and random images are drawn.
  public var seed: UInt64
  /// Raised when the meaning of a field changes.
  public var version: Int

  public init(
    layer: String? = nil, pooling: MapPooling = .mean, activation: ActivationReading? = nil,
    split: ImageSplit = .heldOut, topCount: Int = 9, rotationCount: Int = 999,
    margin: Double = 0.1, level: Double = 0.05, seed: UInt64 = 1
  ) {
    precondition(topCount >= 2, "label agreement needs two images, got k = \(topCount)")
    precondition(rotationCount >= 1 && margin > 0 && 0 < level && level < 0.5)
    self.layer = layer
    self.pooling = pooling
    self.activation = activation
    self.split = split
    metric = "labelAgreement"
    self.topCount = topCount
    sensitivityTopCounts = [4, 9, 16, 25, 100]
    null = "haar"
    self.rotationCount = rotationCount
    self.margin = margin
    self.level = level
    self.seed = seed
    version = 1
  }

  /// The primary size first, then the others that so many images allow.
  func topCounts(forImages imageCount: Int) -> [Int] {
    [topCount] + sensitivityTopCounts.filter { $0 != topCount && $0 <= imageCount }
  }

  /// SHA-256 of the file's bytes.
  public func hash() throws -> String {
    Checksum.hexadecimal(of: try JSONFile.encoded(self, file: URL(filePath: Self.fileName)))
  }

  static let fileName = "protocol.json"
}
