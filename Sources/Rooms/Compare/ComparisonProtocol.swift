import Foundation
import Inference
import Lab
import Networks
import Storage
import Tensors

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
  /// Images nearer than this to an earlier one, as the root mean square of their differences, are left out; nil: all
  /// stay.
  public var duplicateTolerance: Double?
  /// What the verdict rests on, averaged over the directions of a basis: κ, ``LabelAgreement``.
  public var metric: String
  /// k, images of a top set.
  public var topCount: Int
  /// Distribution of the bases that the neurons are compared with.
  public var null: String
  /// B, rotations for each network.
  public var rotationCount: Int
  /// The encoder of the second opinion; nil: there is none. Together with the metric its measures are the family
  /// that Holm's adjustment is made for.
  public var reference: String?
  /// Sizes for the sensitivity panel.
  public var sensitivityTopCounts: [Int]
  /// B of the variations: other side of the activation, other pooling, other data, other layers.
  public var sensitivityRotationCount: Int
  /// Whether other layers are asked too.
  public var hasAllLayers: Bool
  /// Other images to ask about; nil: none.
  public var secondData: String?
  /// Families of directions beside the null distribution.
  public var bases: [DirectionFamily]
  /// Training images, at most, that learned bases are fitted to.
  public var fittingCount: Int
  /// Shares a of the way from the neurons (0) to a rotation of them (1).
  public var doses: [Double]
  /// Rotations that the way leads to.
  public var doseRotationCount: Int
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
    split: ImageSplit = .heldOut, topCount: Int = 9, rotationCount: Int = 999, hasAllLayers: Bool = false,
    secondData: String? = nil, bases: [DirectionFamily] = DirectionFamily.compared,
    margin: Double = 0.1, level: Double = 0.05, seed: UInt64 = 1
  ) {
    precondition(topCount >= 2, "label agreement needs two images, got k = \(topCount)")
    precondition(rotationCount >= 1 && margin > 0 && 0 < level && level < 0.5)
    self.layer = layer
    self.pooling = pooling
    self.activation = activation
    self.split = split
    duplicateTolerance = 0.02
    metric = "labelAgreement"
    self.topCount = topCount
    null = "haar"
    self.rotationCount = rotationCount
    sensitivityTopCounts = [4, 9, 16, 25, 100]
    sensitivityRotationCount = min(199, rotationCount)
    self.hasAllLayers = hasAllLayers
    self.secondData = secondData
    self.bases = bases
    fittingCount = DirectionFamily.Material.imageLimit
    doses = (0...10).map { Double($0) / 10 }
    doseRotationCount = 20
    self.margin = margin
    self.level = level
    self.seed = seed
    version = 2
  }

  /// The primary size first, then the others that so many images allow.
  func topCounts(forImages imageCount: Int) -> [Int] {
    [topCount] + sensitivityTopCounts.filter { $0 != topCount && $0 <= imageCount }
  }

  /// SHA-256 of the file's bytes.
  public func hash() throws -> String {
    Checksum.hexadecimal(of: try JSONFile.encoded(self, file: URL(filePath: Self.fileName)))
  }

  package static let fileName = "protocol.json"
}

extension ComparisonProtocol: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(topCount, "topCount")
    let least = CoherenceVerdict.leastMargin
    try require(margin >= least, "margin", "expected \(least) or more, found \(margin)")
    try requireShare(level, "level")
  }
}
