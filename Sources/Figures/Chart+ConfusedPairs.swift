import Tensors

extension Chart {
  /// Images of one class that a network predicts as another.
  public struct ConfusedPair: Equatable, Sendable {
    public var className: String
    public var predicted: String
    /// Fraction of the images of the class.
    public var share: Proportion

    public init(className: String, predicted: String, share: Proportion) {
      (self.className, self.predicted, self.share) = (className, predicted, share)
    }
  }

  /// The most frequent confusions, for when a matrix of all classes would be unreadable: under each class its wrong
  /// predictions, as fractions of its images with Wilson's 95 % intervals.
  ///
  /// - Parameter pairs: At least one; pairs of one class are grouped at the position of the first.
  public static func confusedPairs(caption: FigureCaption, pairs: [ConfusedPair]) -> Chart {
    precondition(!pairs.isEmpty, "a chart of confused pairs shows at least one")
    var groups: [RateGroup] = []
    for pair in pairs {
      let row = Rate(name: "→ \(pair.predicted)", role: .neurons, share: pair.share)
      if let known = groups.firstIndex(where: { $0.name == pair.className }) {
        groups[known].rows.append(row)
      } else {
        groups.append(RateGroup(name: pair.className, rows: [row]))
      }
    }
    return successRates(
      caption: caption, groups: groups, legend: [], axis: "share of the images of the class")
  }
}
