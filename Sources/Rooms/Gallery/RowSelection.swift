import Lab

/// Which units and other directions a gallery shows.
///
/// Only `random` is a sample. The other choices show what they were chosen for, and the sheets say so.
public enum RowSelection: Equatable, Sendable {
  /// A seeded random sample of the live units, and the first of the other directions.
  case random
  /// The highest label agreement κ among the units and among as many other directions.
  case best
  /// The lowest.
  case worst
  /// Units and other directions by number. Where one kind has none, its rows stay as they were.
  ///
  /// `letter` is that of the family: `r` of `r007`.
  case named(units: [Int], directions: [Int], letter: Character = DirectionFamily.sphere.letter)

  /// Numbers of directions that can be asked for: as many as are compared at most.
  static let directionLimit = GalleryAnalysis.comparedUnitLimit

  private static let letters = Set(DirectionFamily.allCases.map(\.letter))

  /// `random`, `best`, `worst`, or names such as `n042,r007`, separated by commas or spaces, none twice,
  /// and beside units of one family only.
  ///
  /// - Returns: nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "random": self = .random
    case "best": self = .best
    case "worst": self = .worst
    default:
      var (units, directions): ([Int], [Int]) = ([], [])
      var letters: Set<Character> = []
      for name in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
        let digits = name.dropFirst()
        guard (1...9).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }),
          let number = Int(digits)
        else { return nil }
        guard let letter = name.first, Self.letters.contains(letter) else { return nil }
        if letter == DirectionFamily.neurons.letter {
          units.append(number)
        } else {
          directions.append(number)
          letters.insert(letter)
        }
      }
      guard !units.isEmpty || !directions.isEmpty, Set(units).count == units.count,
        Set(directions).count == directions.count, letters.count <= 1
      else { return nil }
      self = .named(
        units: units, directions: directions, letter: letters.first ?? DirectionFamily.sphere.letter)
    }
  }

  /// As ``init(_:)`` reads it.
  public var text: String {
    switch self {
    case .random: "random"
    case .best: "best"
    case .worst: "worst"
    case .named(let units, let directions, let letter):
      (units.map { "n\($0)" } + directions.map { "\(letter)\($0)" }).joined(separator: ",")
    }
  }

  /// For the sheets: how the rows were chosen; nil for a sample.
  ///
  /// Names are not repeated: on a blind sheet they would tell which rows are there.
  package var remark: String? {
    switch self {
    case .random: nil
    case .best: "selected for the highest label agreement κ"
    case .worst: "selected for the lowest label agreement κ"
    case .named: "selected by name"
    }
  }

  var namedUnits: [Int]? {
    if case .named(let units, _, _) = self, !units.isEmpty { units } else { nil }
  }

  var namedDirections: [Int]? {
    if case .named(_, let directions, _) = self, !directions.isEmpty { directions } else { nil }
  }

  /// Of the named directions; nil where there is none.
  var namedLetter: Character? {
    if case .named(_, let directions, let letter) = self, !directions.isEmpty { letter } else { nil }
  }

  /// Whether the rows of units, and those of the other directions, are something else than a sample.
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
