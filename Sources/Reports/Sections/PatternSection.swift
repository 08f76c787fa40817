import Experiments

extension PatternExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Does the perturbation have a pattern?", findings: sentences,
      pictures: [
        .init(
          file: "figures/pattern.png",
          caption: "Means, spectrum, directions and cosines of the perturbations.",
          alternative: "Several panels; what they show is in the findings."),
        .init(
          file: "figures/universal-images.png", caption: "One perturbation for all images.",
          alternative: "Images with the universal perturbation added."),
      ], tables: [.init(file: "pairs.csv", caption: "Pairs of classes.")])
  }
}
