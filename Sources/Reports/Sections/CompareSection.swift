import Experiments

extension Comparison: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Is a neuron special?", findings: [verdict.sentence, "Verdict: \(verdict.wording)."],
      listing: lines,
      pictures: [
        .init(
          file: "figures/forest.png", caption: "The difference in each network, and their mean.",
          alternative:
            "Neurons less rotations, in each network and on average, with intervals. \(verdict.sentence)"),
        .init(
          file: "figures/ladder.png", caption: "Where it comes from: controls from random images to logits.",
          alternative: "A ladder of mean κ: the values are in the table of controls."),
        .init(
          file: "sheets/gallery.png",
          caption: "Neurons beside random directions of the reference network; the rows are a random sample."),
        .init(
          file: "figures/null.png", caption: "Neurons among their rotations.",
          alternative: "Histogram of the mean κ of random rotations, the neurons' mean as a line."),
        .init(
          file: "figures/dose-response.png", caption: "From the neurons to a random rotation, step by step.",
          alternative: "Mean κ against the share of a rotation."),
        .init(
          file: "figures/sensitivity.png", caption: "The same question asked otherwise.",
          alternative: "Differences with intervals under changes of layer, activation, images and k."),
        .init(
          file: "figures/bases.png", caption: "Other bases.",
          alternative: "Mean κ of learned and drawn bases beside the neurons."),
        .init(
          file: "figures/sizes.png", caption: "Another number of top images.",
          alternative: "The difference for several k, with intervals."),
        .init(
          file: "figures/activations.png", caption: "How neurons and random directions respond.",
          alternative: "Histograms of activations."),
      ],
      tables: [
        .init(file: "networks.csv", caption: "The networks."),
        .init(file: "ladder.csv", caption: "Controls."),
        .init(file: "opinions.csv", caption: "Other measures than label agreement."),
        .init(file: "bases.csv", caption: "Other bases."),
        .init(file: "units.csv", caption: "The units one by one; q: share of false discoveries."),
      ])
  }
}
