import Figures
import Foundation
import Lab
import Tensors

/// The findings, figures and table of `intrigue evaluate`.
struct EvaluateExhibits {
  typealias Results = EvaluateExperiment.Results

  let results: Results
  let modelName: String
  let data: DataRecord

  /// The largest number of classes of a matrix: a larger one is illegible.
  static let largestMatrix = 100
  /// The largest number of classes of a complete listing; of more, a quarter as many are listed.
  private static let longestListing = 40
  /// The largest number of pairs on a chart.
  private static let shownPairs = 30

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Accuracy", findings: findings,
      basis:
        "n = \(results.imageCount) held-out images. Recall: of the images of a class; precision: of the images predicted "
        + "as the class; interval: Wilson, 95 %.", listing: listing)
    if results.classes.count <= Self.largestMatrix {
      exhibits.chart(
        "figures/confusion", "Confusion matrix.",
        alternative: "A matrix of counts, true classes as rows, predicted classes as columns.", matrix)
    } else {
      exhibits.chart(
        "figures/confused-pairs", "The most frequent confusions.",
        alternative: "Fractions of the images of a class that are predicted as another class.", pairsChart)
    }
    exhibits.table("classes.csv", "Recall and precision of each class.", of: results.classes, columns)
    exhibits.cite(.wilson1927probable)
    return exhibits
  }

  // MARK: Findings

  var findings: [String] {
    let interval =
      results.accuracyInterval95.map { "; 95 % interval \(Self.percent($0[0])) to \(Self.percent($0[1]))" }
      ?? ""
    return [
      "Accuracy \(Self.percent(results.accuracy)) (\(Numbers.grouped(results.correctCount)) of "
        + "\(Numbers.grouped(results.imageCount)) held-out images\(interval)).",
      "Mean cross-entropy loss: \(Numbers.threeDigits(results.loss)).",
      lowest,
      confusions.first.map {
        "Most frequent confusion: \(results.classes[$0.label].name) predicted as \(results.classes[$0.predicted].name), "
          + "\(share($0).share(of: "images"))."
      },
    ].compactMap(\.self)
  }

  /// nil if all classes have the same recall.
  private var lowest: String? {
    guard let first = lowestRecall.first, first.recall != lowestRecall.last?.recall else { return nil }
    let share = Proportion(first.correctCount, of: first.imageCount)
    return "Lowest recall: \(first.name), \(share.share(of: "images"))."
  }

  /// The classes with images by ascending recall, the first of equals first.
  private var lowestRecall: [Results.Class] {
    results.classes.enumerated().compactMap { place, item in item.recall.map { ($0, place, item) } }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  /// A table of the classes; of many, those with the lowest recall.
  var listing: [String] {
    let isWhole = results.classes.count <= Self.longestListing
    let shown = isWhole ? results.classes : Array(lowestRecall.prefix(Self.longestListing / 4))
    func percent(_ share: Double?) -> String { share.map(Self.percent) ?? "–" }
    let rows = shown.map {
      [$0.name, Numbers.grouped($0.imageCount), percent($0.recall), percent($0.precision)]
    }
    return TextTable.lines([["class", "images", "recall", "precision"]] + rows)
      + (isWhole
        ? []
        : [
          "These are the \(shown.count) classes with the lowest recall of \(results.classes.count); all are in classes.csv."
        ])
  }

  /// `90.48 %`
  private static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }

  // MARK: Figures

  private var matrix: Chart {
    Chart.confusionMatrix(
      title: "\(modelName) on \(data.name), held-out images", classNames: results.classes.map(\.name),
      counts: results.confusion)
  }

  private typealias Confusion = (label: Int, predicted: Int, count: Int)

  /// The pairs of a true class and another predicted class that occur, by descending count.
  private var confusions: [Confusion] {
    results.confusion.enumerated().flatMap { label, row in
      row.enumerated().compactMap { predicted, count -> Confusion? in
        label == predicted || count == 0 ? nil : (label, predicted, count)
      }
    }.sorted { (-$0.count, $0.label, $0.predicted) < (-$1.count, $1.label, $1.predicted) }
  }

  private func share(_ confusion: Confusion) -> Proportion {
    Proportion(confusion.count, of: results.classes[confusion.label].imageCount)
  }

  /// The most frequent confusions; nil if no image is misclassified.
  var pairsChart: Chart? {
    let all = confusions
    guard !all.isEmpty else { return nil }
    let shown = all.prefix(Self.shownPairs)
    return Chart.confusedPairs(
      caption: FigureCaption(
        title: "\(modelName) on \(data.name): most frequent confusions",
        subtitle:
          "\(shown.count == all.count ? "All" : "The \(shown.count) most frequent of") \(all.count) pairs of a true class "
          + "and another predicted class, with \(shown.reduce(0) { $0 + $1.count }) of the "
          + "\(results.imageCount - results.correctCount) misclassified images. Bars: Wilson's 95 % intervals.",
        footer: [
          "\(results.imageCount) held-out images of \(results.classes.count) classes; all counts are in run.json · data "
            + "\(data.checksum.prefix(8)), model \(results.modelChecksum.prefix(8)) · Intrigue "
            + RunEnvironment.toolVersion
        ] + data.remarkLines),
      pairs: shown.map {
        Chart.ConfusedPair(
          className: results.classes[$0.label].name, predicted: results.classes[$0.predicted].name,
          share: share($0))
      })
  }

  // MARK: Table

  private var columns: [TableColumn<Results.Class>] {
    func text(_ share: Double?) -> String { share.map { String(format: "%.4f", $0) } ?? "" }
    return [
      TableColumn("class", article: "class") { $0.name },
      TableColumn("images", article: "images") { $0.imageCount },
      TableColumn("correct", article: "correct") { $0.correctCount },
      TableColumn("recall", article: "recall") { text($0.recall) },
      TableColumn("precision", article: "precision") { text($0.precision) },
    ]
  }
}
