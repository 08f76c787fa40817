/// Expected agreement of two classifiers' predictions by chance.
///
///     Σ over labels y, classes c of s_yc t_yc / n_y,   divided by the number of images
///
/// s and t count the predictions c of the two for images of label y, n_y the images of that label: the mean over all
/// permutations of one classifier's predictions among images of the same label. 1/(C − 1) would assume that wrong
/// classes are equally likely, which they never are.
public enum AnswerAgreement {
  /// - Parameter answers: True class of each image and both predictions.
  /// - Returns: `nil` for no images.
  public static func byChance(_ answers: [(label: Int, first: Int, second: Int)]) -> Double? {
    guard !answers.isEmpty else { return nil }
    var expected = 0.0
    for group in Dictionary(grouping: answers, by: \.label).sorted(by: { $0.key < $1.key }) {
      var counts: [Int: (first: Int, second: Int)] = [:]
      for answer in group.value {
        counts[answer.first, default: (0, 0)].first += 1
        counts[answer.second, default: (0, 0)].second += 1
      }
      let matches = counts.values.reduce(0) { $0 + $1.first * $1.second }
      expected += Double(matches) / Double(group.value.count)
    }
    return expected / Double(answers.count)
  }
}
