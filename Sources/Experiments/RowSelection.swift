/// Which units and random directions a gallery shows.
///
/// Only `random` is a sample. The other choices show what they were chosen for, and the sheets say so.
public enum RowSelection: Equatable, Sendable {
  /// A seeded random sample of the live units, and the first random directions of the seed.
  case random
  /// The highest label agreement κ among the units and as many random directions.
  case best
  /// The lowest.
  case worst
  /// Units and random directions by number. Where one kind has none, its rows stay a random sample.
  case named(units: [Int], randomDirections: [Int])

  /// Numbers of random directions that can be asked for: as many as are compared at most.
  static let directionLimit = GalleryAnalysis.comparedUnitLimit

  /// `random`, `best`, `worst`, or names such as `n042,r007`, separated by commas or spaces, none twice.
  ///
  /// - Returns: nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "random": self = .random
    case "best": self = .best
    case "worst": self = .worst
    default:
      var (units, directions): ([Int], [Int]) = ([], [])
      for name in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
        let digits = name.dropFirst()
        guard (1...9).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }),
          let number = Int(digits)
        else { return nil }
        switch name.first {
        case "n": units.append(number)
        case "r": directions.append(number)
        default: return nil
        }
      }
      guard !units.isEmpty || !directions.isEmpty, Set(units).count == units.count,
        Set(directions).count == directions.count
      else { return nil }
      self = .named(units: units, randomDirections: directions)
    }
  }

  /// As ``init(_:)`` reads it.
  public var text: String {
    switch self {
    case .random: "random"
    case .best: "best"
    case .worst: "worst"
    case .named(let units, let directions):
      (units.map { "n\($0)" } + directions.map { "r\($0)" }).joined(separator: ",")
    }
  }

  /// For the sheets: how the rows were chosen; nil for a sample.
  ///
  /// Names are not repeated: on a blind sheet they would tell which rows are there.
  var remark: String? {
    switch self {
    case .random: nil
    case .best: "selected for the highest label agreement κ"
    case .worst: "selected for the lowest label agreement κ"
    case .named: "selected by name"
    }
  }

  var namedUnits: [Int]? {
    if case .named(let units, _) = self, !units.isEmpty { units } else { nil }
  }

  var namedDirections: [Int]? {
    if case .named(_, let directions) = self, !directions.isEmpty { directions } else { nil }
  }

  /// Whether the rows of units, and those of random directions, are something else than a sample.
  var selectsUnits: Bool { self == .best || self == .worst || namedUnits != nil }
  var selectsDirections: Bool { self == .best || self == .worst || namedDirections != nil }
}

extension RowSelection: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let selection = RowSelection(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" names no rows")
    }
    self = selection
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
