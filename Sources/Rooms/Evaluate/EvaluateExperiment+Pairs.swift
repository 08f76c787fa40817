import Figures
import Lab
import Tensors

extension EvaluateExperiment.Results {
  private static let shownCount = 30

  /// The pairs that are confused most, by the number of images; nil: no image is taken for another class.
  func pairsChart(of modelName: String, _ data: DataRecord) -> Chart? {
    let all = confusion.enumerated().flatMap { label, row in
      row.enumerated().compactMap { predicted, count in
        label == predicted || count == 0 ? nil : (label: label, predicted: predicted, count: count)
      }
    }.sorted { (-$0.count, $0.label, $0.predicted) < (-$1.count, $1.label, $1.predicted) }
    guard !all.isEmpty else { return nil }
    let shown = all.prefix(Self.shownCount)
    let wrong = imageCount - correctCount
    return Chart.confusedPairs(
      caption: FigureCaption(
        title: "\(modelName) on \(data.name): what is taken for what",
        subtitle:
          "\(shown.count == all.count ? "All" : "The \(shown.count) most frequent of") \(all.count) pairs of a class and "
          + "another that its images are taken for, with \(shown.reduce(0) { $0 + $1.count }) of the \(wrong) images that are "
          + "taken wrongly. Bars: Wilson's 95 % intervals.",
        footer: [
          "\(imageCount) held-out images of \(classes.count) classes; too many for a matrix that can be read, the counts "
            + "of which are in run.json · data \(data.checksum.prefix(8)), model \(modelChecksum.prefix(8)) · Intrigue "
            + RunEnvironment.toolVersion
        ] + data.remarkLines),
      pairs: shown.map { pair in
        Chart.ConfusedPair(
          className: classes[pair.label].name, predicted: classes[pair.predicted].name,
          share: Proportion(pair.count, of: classes[pair.label].imageCount))
      })
  }
}
