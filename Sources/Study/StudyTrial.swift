import Tensors

/// What a participant's browser is given of a question: nothing but tiles of one picture.
///
/// `trials.json` is a list of these in the order of their identifiers, which are drawn at random. What a trial is
/// about stands in ``StudyKey`` alone.
public struct StudyTrial: Codable, Equatable, Sendable {
  /// 16 hexadecimal digits.
  public var id: String
  /// K of a question, whose tiles are K of group A, K of group B and two queries; nil of a sheet.
  public var referenceCount: Int?
  /// In the picture `trials/ID.png`, side by side.
  public var tileCount: Int
  /// Pixels of a tile.
  public var tileWidth: Int
  public var tileHeight: Int
}

/// What the trials are about: the content of `key.json`, which is never served.
public struct StudyKey: Codable, Equatable, Sendable {
  public struct Direction: Codable, Equatable, Sendable {
    /// Number of the network in the design.
    public var network: Int
    public var kind: StudyKind
    /// `n042` for unit 42, `r007` for random direction 7, `i000` for a set of random images.
    public var name: String
  }

  public struct Entry: Codable, Equatable, Sendable {
    public var trial: String
    public var part: StudyPart
    /// Number in ``StudyKey/directions``; nil of practice, which is about classes.
    public var direction: Int?
    /// Which of the direction's questions; nil of practice, catch questions and sheets.
    public var question: Int?
    /// 0 or 1: which query tile belongs to group A; nil of a sheet.
    public var highQuery: Int?
    /// Positions among the held-out images, in the order of the tiles.
    public var images: [Int]
  }

  public var directions: [Direction]
  /// In the order of the trials.
  public var entries: [Entry]
}

extension StudyTrial: Checked {
  public func check() throws(CheckFailure) {
    try requireTrialName(id, "id")
    for (name, extent) in [("tileWidth", tileWidth), ("tileHeight", tileHeight)] {
      try require(extent > 0, name, "expected a positive number of pixels, found \(extent)")
    }
  }
}

extension StudyKey: Checked {
  public func check() throws(CheckFailure) {
    for direction in directions {
      try require(
        direction.network >= 0, "directions", "a network is counted from 0, found \(direction.network)")
    }
  }
}

extension StudyKey.Entry: Checked {
  public func check() throws(CheckFailure) {
    try requireTrialName(trial, "trial")
    try requirePlace(highQuery, of: 2, "highQuery")
  }
}

extension Checked {
  /// The name of a trial names its picture.
  fileprivate func requireTrialName(_ name: String, _ property: String) throws(CheckFailure) {
    let isPlain = name.unicodeScalars.allSatisfy {
      ("0"..."9").contains($0) || ("a"..."z").contains($0) || ("A"..."Z").contains($0)
    }
    try require(isPlain && !name.isEmpty, property, "\(String(reflecting: name)) is no name of a trial")
  }
}
