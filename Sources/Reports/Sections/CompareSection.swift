import Adversarial
import CompareRoom
import Directions

extension Comparison: ReportedResults {
  var reportSummary: RunSummary {
    let material = "n = \(imageCount) held-out images of \(dataName), layer \(layer.layer)"
    let other =
      "κ: label agreement of so many top images of \(material). Null: \(declared.rotationCount) random rotations. "
      + "Intervals: Student's t, 95 %, over \(networks.count) networks."
    let sheet =
      "The top \(declared.topCount) of \(material); a random sample of the first of \(networks.count) networks. κ stands "
      + "beside each row: a description, no test."
    return RunSummary(
      title: "Is a neuron special?", findings: [verdict.sentence, "Verdict: \(verdict.wording)."],
      basis:
        "κ: label agreement of the top k = \(declared.topCount) of n = \(imageCount) held-out images of \(dataName), "
        + "\(duplicateImageCount) \(duplicateImageCount == 1 ? "copy" : "copies") left out; layer \(layer.layer); 0 for random images, 1 for one class. Null: "
        + "\(declared.rotationCount) random rotations of the live units of each network. Intervals: Student's t, 95 %, "
        + "over \(networks.count) networks trained alike. Protocol \(protocolHash.prefix(8)), written before.",
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
          caption: "Neurons beside random directions of the first network; the rows are a random sample.",
          basis: sheet, isForArticle: false),
        .init(file: "sheets/neurons.png", caption: "Neurons of the first network.", basis: sheet),
        .init(
          file: "sheets/random.png", caption: "Random directions through its feature layer.", basis: sheet),
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
          alternative: "The difference for several k, with intervals.", basis: other),
        .init(
          file: "figures/activations.png", caption: "How neurons and random directions respond.",
          alternative: "Histograms of activations."),
      ],
      tables: [
        .init(
          file: "networks.csv", caption: "The networks.",
          articleColumns: [
            ("network", "network"),
            ("correct", "right"),
            ("images", "of"),
            ("live_units", "live units"),
            ("neurons_kappa", "$\\kappa$ neurons"),
            ("rotations_mean", "$\\kappa$ rotations"),
            ("rotations_sd", "s.d."),
            ("difference", "$\\Delta$"),
            ("p_two_sided", "$p$"),
            ("cliffs_delta", "Cliff's $\\delta$"),
          ]),
        .init(
          file: "ladder.csv", caption: "Controls.",
          articleColumns: [
            ("control", "control"),
            ("mean_kappa", "$\\kappa$"),
            ("lower_95", "from"),
            ("upper_95", "to"),
          ], identifiers: ["control"]),
        .init(
          file: "opinions.csv", caption: "Other measures than label agreement.",
          articleColumns: [
            ("measure", "measure"),
            ("neurons", "neurons"),
            ("rotations", "rotations"),
            ("difference", "$\\Delta$"),
            ("difference_lower_95", "from"),
            ("difference_upper_95", "to"),
            ("p", "$p$"),
            ("p_holm", "$p$, Holm"),
          ], identifiers: ["measure"]),
        .init(
          file: "bases.csv", caption: "Other bases.",
          articleColumns: [
            ("family", "directions"),
            ("end", "end"),
            ("networks", "networks"),
            ("mean_kappa", "$\\kappa$"),
            ("neurons_less_family", "neurons less these"),
            ("neurons_less_family_lower_95", "from"),
            ("neurons_less_family_upper_95", "to"),
            ("mean_jaccard", "Jaccard"),
          ], identifiers: ["family", "end"]),
        .init(
          file: "sizes.csv", caption: "Other numbers of top images.", basis: other,
          articleColumns: [
            ("top_count", "$k$"),
            ("neurons_kappa", "$\\kappa$ neurons"),
            ("rotations_kappa", "$\\kappa$ rotations"),
            ("difference", "$\\Delta$"),
            ("lower_95", "from"),
            ("upper_95", "to"),
          ]),
        .init(
          file: "doses.csv", caption: "From the neurons to a random rotation, step by step.",
          articleColumns: [
            ("dose", "share"), ("mean_kappa", "$\\kappa$"), ("mean_kappa_lower_95", "from"),
            ("mean_kappa_upper_95", "to"),
          ]),
        .init(
          file: "changes.csv", caption: "The same question asked otherwise.",
          articleColumns: [
            ("name", "change"), ("images", "images"), ("neurons_kappa", "$\\kappa$ neurons"),
            ("rotations_kappa", "$\\kappa$ rotations"), ("difference", "$\\Delta$"),
            ("difference_lower_95", "from"), ("difference_upper_95", "to"),
          ]),
        .init(
          file: "metrics.csv", caption: "Measures that no verdict rests on.",
          articleColumns: [
            ("of", "of"), ("metric", "measure"), ("neurons", "neurons"), ("neurons_lower_95", "from"),
            ("neurons_upper_95", "to"), ("random_directions", "random directions"),
            ("random_directions_lower_95", "from"), ("random_directions_upper_95", "to"),
          ], identifiers: ["of", "metric"]),
        .init(
          file: "sheets/directions.csv", caption: "The directions of the first network one by one.",
          basis: sheet, isWhole: true,
          articleColumns: RunSummary.directionColumns),
        .init(file: "units.csv", caption: "The units one by one; q: share of false discoveries."),
      ], catalogue: "sheets/", citations: [.bau2017network, .phipson2010permutation])
  }
}
