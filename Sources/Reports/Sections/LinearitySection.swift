import Lab
import LinearityRoom

extension LinearityExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    let sizes = "Networks for each size, before and after training; the table says of how many images."
    return RunSummary(
      title: "Is it linearity?", findings: sentences,
      basis:
        "n = \(measured.total) held-out images drawn at random, of which \(measured.count) were classified correctly and "
        + "measured. Quartiles are over these; explained shares: of the variance of the logits along the line.",
      pictures: [
        .init(
          file: "figures/line.png", caption: "The logits of one image along the signs of its gradient.",
          alternative:
            "Logits against ε, nearly straight on either side of the image, with the images on the way."),
        .init(
          file: "figures/line-random.png", caption: "The same along random signs, for comparison.",
          alternative: "Logits against ε, which hardly move, with the images on the way."),
        .init(
          file: "figures/pieces.png", caption: "How much few straight pieces explain.",
          alternative: "Shares of variance by number of pieces; the numbers are in the findings."),
        .init(
          file: "figures/local.png", caption: "How far the derivative reaches.",
          alternative: "Relative error of the derivative against the size of the step."),
        .init(
          file: "figures/sizes.png", caption: "What more pixels do.",
          alternative: "Change of the margin against the number of pixels.", basis: sizes),
        .init(
          file: "figures/weights.png", caption: "The logistic regression in which the step is exact.",
          alternative: "Weights of two logistic regressions as pictures.",
          basis: pair.map { "Trained on \($0.trainingCount) images of two classes." } ?? ""),
      ],
      tables: [
        .init(file: "local.csv", caption: "Error of the derivative."),
        .init(file: "sizes.csv", caption: "Sizes.", basis: sizes),
        .init(
          file: "lines.csv", caption: "The images one by one.",
          articleColumns: [
            ("image", "image"),
            ("class", "class"),
            ("direction", "direction"),
            ("explained_1_within_1", "1 piece"),
            ("explained_2_within_1", "2 pieces"),
            ("explained_3_within_1", "3 pieces"),
            ("region_lower", "from"),
            ("region_upper", "to"),
          ]),
      ])
  }
}
