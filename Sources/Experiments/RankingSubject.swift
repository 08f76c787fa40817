import Directions
import Tensors

/// What is ranked along what: everything that decides a ranking but the part of the images. Parts with the same
/// subject belong together.
public struct RankingSubject: Codable, Equatable, Sendable {
  public var toolVersion: String
  /// Another version adds up in another order, so that features differ in their last digits.
  public var oneDNNVersion: String
  public var modelName: String
  public var modelChecksum: String
  public var dataName: String
  public var dataChecksum: String
  public var split: ImageSplit
  /// Of all parts together.
  public var imageCount: Int
  public var classNames: [String]
  public var features: FeatureSpace
  public var basis: DirectionSet.Kind
  public var directionIDs: [String]
  /// k.
  public var topCount: Int
  public var seed: UInt64

  /// The first field in which another subject differs, with both values: "layer relu2, expected relu3".
  func difference(from expected: RankingSubject) -> String? {
    func said(_ name: String, _ value: (RankingSubject) -> some Equatable & CustomStringConvertible) -> String? {
      value(self) == value(expected) ? nil : "\(name) \(value(self)), expected \(value(expected))"
    }
    return said("version", { $0.toolVersion }) ?? said("oneDNN", { $0.oneDNNVersion })
      ?? said("model", { "\($0.modelName) \($0.modelChecksum.prefix(12))" })
      ?? said("data", { "\($0.dataName) \($0.dataChecksum.prefix(12))" }) ?? said("split", { $0.split.rawValue })
      ?? said("layer", { $0.features.words }) ?? said("basis", { $0.basis.rawValue })
      ?? said("number of directions", { $0.directionIDs.count }) ?? said("top", { $0.topCount })
      ?? said("seed", { $0.seed }) ?? said("number of images", { $0.imageCount })
      ?? (self == expected ? nil : "other names of classes or directions")
  }
}
