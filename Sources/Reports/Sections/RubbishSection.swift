import Experiments

extension RubbishExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "What does it see in noise?", findings: sentences,
      pictures: [
        .init(
          file: "figures/rubbish.png",
          caption: "Noise, and the same after one step towards each class."),
        .init(
          file: "figures/classes.png", caption: "Which classes noise is taken for.",
          alternative: "Shares by class; the numbers are in the table."),
      ], tables: [.init(file: "rubbish.csv", caption: "The classes one by one.")])
  }
}
