import PrivacyRoom

extension PrivacyResults: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Does differential privacy help against adversarial images?", findings: sentences,
      basis:
        "n = \(networkCount) networks of each kind, \(architectureName) on \(dataName); means over networks with "
        + "Student's 95 % intervals, differences seed by seed. All networks are shown the same images; the intervals of the "
        + "attack on membership and of differences of robust accuracy hold the error of the images too, the others are "
        + "about these images. Accuracy is of \(heldOutCount) held-out images, distances "
        + "are of \(imageCount) of them drawn at random. A private network is promised to tell hardly more with an "
        + "image than without it; that is a promise about training images, and the question is whether it does anything "
        + "for new images that are moved. A less accurate network has other margins, so beside each private network "
        + "stands one that is not private and was stopped at the same accuracy.",
      listing: lines,
      pictures: [
        .init(
          file: "figures/distance.png", caption: "The distance to the nearest adversarial image, by privacy."),
        .init(file: "figures/accuracy.png", caption: "What privacy costs in accuracy."),
        .init(file: "figures/robust-accuracy.png", caption: "Robust accuracy, by privacy."),
        .init(file: "figures/membership.png", caption: "What the network tells of who was trained on."),
      ],
      tables: [
        .init(
          file: "summary.csv", caption: "Every way to train, over its networks.",
          articleColumns: [
            ("training", "training"), ("measure", "measure"), ("mean", "mean"), ("mean_lower_95", "from"),
            ("mean_upper_95", "to"), ("minus_plain", "less plain"), ("minus_clipped", "less clipped"),
            ("minus_stopped", "less stopped"),
          ]),
        .init(
          file: "privacy.csv", caption: "The networks one by one.",
          articleColumns: [
            ("training", "training"), ("seed", "seed"), ("noise_multiplier", "noise"),
            ("accuracy", "accuracy"),
            ("median_l2", "distance"), ("robust_accuracy", "robust"), ("advantage", "advantage"),
          ]),
      ])
  }
}
