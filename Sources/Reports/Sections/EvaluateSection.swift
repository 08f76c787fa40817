import EvaluateRoom

extension EvaluateExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Accuracy", findings: Array(lines.prefix(1)),
      basis:
        "n = \(imageCount) images that the network was not trained on. Recall is of the images of a class, precision of "
        + "those taken for it; interval: Wilson, 95 %.",
      pictures: [
        .init(
          file: "figures/confusion.png", caption: "Which class is taken for which.",
          alternative: "A matrix of counts, true classes as rows, predicted ones as columns."),
        .init(
          file: "figures/confused-pairs.png", caption: "Which class is taken for which most often.",
          alternative: "Shares of the images of a class that are taken for another, the most frequent pairs."),
      ], tables: [.init(file: "classes.csv", caption: "The classes one by one.")],
      citations: [.wilson1927probable])
  }
}
