import Directions

extension ChoiceTrials.Variant {
  /// "against random images".
  public var words: String {
    switch self {
    case .vsRandom: "against random images"
    case .vsSameLabel: "against random images of the same classes"
    case .vsMin: "against the images with the lowest scores"
    }
  }
}
