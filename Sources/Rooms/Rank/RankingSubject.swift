import Directions
import Lab
import Networks
import Tensors

/// What is ranked along what: everything that decides a ranking but the part of the images. Parts with the same
/// subject belong together.
public struct RankingSubject: Codable, Equatable, Sendable {
  /// Who ranked, for people: what decides is ``revision`` and ``engine``.
  public var toolVersion: String
  public var oneDNNVersion: String
  /// ``RankExperiment/revision`` of the program that ranked. Nil in parts of earlier versions, which did not say.
  public var revision: Int?
  /// Another one adds up in another order, so that features differ in their last digits. Nil in parts of earlier
  /// versions, which did not say.
  public var engine: EngineFingerprint?
  public var modelName: String
  public var modelChecksum: String
  public var dataName: String
  public var dataChecksum: String
  public var split: ImageSplit
  /// Of all parts together.
  public var imageCount: Int
  public var classNames: [String]
  public var features: FeatureSpace
  public var basis: DirectionFamily
  public var directionIDs: [String]
  /// k.
  public var topCount: Int
  public var seed: UInt64

  /// The first field in which another subject differs, with both values: "layer relu2, expected relu3". Of engines
  /// everything, with a cure.
  func difference(from expected: RankingSubject) -> String? {
    for ((name, own), (_, other)) in zip(words, expected.words) where own != other {
      return "\(name) \(own), expected \(other)"
    }
    switch (engine, expected.engine) {
    case (let own?, let other?):
      if let difference = own.difference(from: other) { return difference }
    case (nil, nil):
      guard (toolVersion, oneDNNVersion) == (expected.toolVersion, expected.oneDNNVersion) else {
        return "Intrigue \(toolVersion) with oneDNN \(oneDNNVersion), expected \(expected.toolVersion) with "
          + expected.oneDNNVersion
      }
    default:
      return "only one of them says with which instructions it was computed; rank the older part again"
    }
    guard revision == expected.revision else {
      return "ranked by another revision of the program; rank the older part again"
    }
    var known = self
    (known.toolVersion, known.oneDNNVersion) = (expected.toolVersion, expected.oneDNNVersion)
    return known == expected ? nil : "other names of classes or directions"
  }

  /// Every field that decides and fits into a sentence.
  private var words: [(name: String, value: String)] {
    [
      ("model", "\(modelName) \(modelChecksum.prefix(12))"),
      ("data", "\(dataName) \(dataChecksum.prefix(12))"),
      ("split", split.rawValue),
      ("layer", features.words),
      ("basis", basis.rawValue),
      ("number of directions", String(directionIDs.count)),
      ("top", String(topCount)),
      ("seed", String(seed)),
      ("number of images", String(imageCount)),
    ]
  }
}

extension RankingSubject: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(topCount, "topCount")
    try requireSome(imageCount, "imageCount")
  }
}
