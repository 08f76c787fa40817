import PoisonRoom

extension LabelPoisonExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Training on wrong labels", findings: sentences,
      basis:
        "n = \(trainingCount) training images, some of them with a wrong label; error on \(heldOutCount) held-out images with "
        + "right ones. \(repetitions) networks for each share; intervals: Student's, 95 %, over networks.",
      pictures: [
        .init(
          file: "figures/error.png", caption: "Held-out error against the share of wrong labels.",
          alternative: "Curves; the numbers are in the table.")
      ]
        + (pair.map {
          [
            .init(
              file: "figures/taken.png", caption: "Images of \($0[0]) that are called \($0[1]).",
              alternative: "Curves; the numbers are in the table.")
          ]
        } ?? []) + [
          .init(
            file: "figures/neurons.png",
            caption: "The neurons that wrong labels changed most, before and after.")
        ],
      tables: [
        .init(
          file: "labels.csv", caption: "The networks one by one.",
          articleColumns: [
            ("share", "flipped"), ("repetition", "network"), ("trimming", "trimming"), ("dropped", "dropped"),
            ("dropped_flipped", "of them wrong"), ("error_count", "errors"), ("error_of", "of"),
          ])
      ],
      citations: [.shen2019learning])
  }
}

extension CollisionExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Poisons with right labels", findings: sentences,
      basis:
        "n = \(attacks.count) attacks on held-out images of \(pairs.count) pairs of classes, each with \(poisonCount) added "
        + "training images. Success: the target is called the base class. One clean network. Intervals: Student's, 95 %, over "
        + "pairs of classes, none where all are alike; of a single pair in the figure Wilson's over its targets.",
      pictures: [
        .init(
          file: "figures/success.png", caption: "How often the target is called the base class.",
          alternative: "Shares of each pair; the numbers are in the table."),
        .init(file: "figures/poisons.png", caption: "Base, poison and target of the first attacks."),
      ],
      tables: [
        .init(
          file: "collision.csv", caption: "The attacks one by one.",
          articleColumns: [
            ("base", "base"), ("target", "target"), ("target_image", "image"), ("success", "success"),
            ("control_success", "control"), ("checked_success", "after check"),
            ("feature_distance", "feature distance"), ("pixel_distance", "pixel distance"),
          ])
      ],
      citations: [.shafahi2018poison, .peri2020deep])
  }
}

extension LinearPoisonExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Poisoning a linear classifier", findings: sentences,
      basis:
        "n = \(trainingCount) training points and \(validationCount) validation points, \(repetitions) draws of each pair; "
        + "logistic regression. Intervals: Student's, 95 %, over draws.",
      pictures: pairs.indices.map { pair in
        .init(
          file: "figures/error-\(pair + 1).png",
          caption:
            "Held-out error against the number of poison points, \(pairs[pair][0]) against \(pairs[pair][1]).",
          alternative: "Curves; the numbers are in the table.")
      } + [.init(file: "figures/points.png", caption: "The first point of each pair before and after.")],
      tables: [
        .init(
          file: "linear.csv", caption: "Every number of points in every draw.",
          articleColumns: [
            ("attacking", "attacking"), ("attacked", "attacked"), ("repetition", "draw"),
            ("points", "points"),
            ("error_count", "errors"), ("flipped_error_count", "flipped only"),
            ("trimmed_error_count", "trimmed"), ("error_of", "of"),
          ])
      ],
      citations: [.biggio2012poisoning, .munoz2017towards])
  }
}
