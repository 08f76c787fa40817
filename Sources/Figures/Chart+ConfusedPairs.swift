import Tensors

extension Chart {
  /// Images of one class that a network takes for another.
  public struct ConfusedPair: Equatable, Sendable {
    public var className: String
    public var predicted: String
    /// Of the images of the class.
    public var share: Proportion

    public init(className: String, predicted: String, share: Proportion) {
      (self.className, self.predicted, self.share) = (className, predicted, share)
    }
  }

  /// What is taken for what most often, where a matrix of all classes could not be read: under each class what it is taken
  /// for, as shares of its images with Wilson's 95 % intervals.
  ///
  /// - Parameter pairs: At least one; those of one class stand together where the first of them stands.
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
