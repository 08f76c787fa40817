import Directions

extension ChoiceTrials.Variant {
  /// "told from random images".
  public var words: String {
    switch self {
    case .vsRandom: "told from random images"
    case .vsSameLabel: "told from random images of the same classes"
    case .vsMin: "told from the images with the lowest scores"
    }
  }
}
