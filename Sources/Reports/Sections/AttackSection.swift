import Experiments
import Foundation

extension AttackExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    RunSummary(
      title: "Adversarial images: \(attack)",
      findings: [sentence] + [bounds?.sentence].compactMap(\.self) + warnings.map { "Warning: \($0)" },
      pictures: [
        .init(
          file: "adversarial.png",
          caption: "Clean image, perturbation, adversarial image: a random sample of those attacked."),
        .init(
          file: "figures/robust-accuracy.png", caption: "Accuracy that is left at each distance.",
          alternative: "A falling curve. \(sentence)"),
        .init(
          file: "figures/distortions.png", caption: "How far the images had to go.",
          alternative: "Histogram of distances; quartiles are in the table of distortions."),
      ],
      tables: [
        .init(file: "distortions.csv", caption: "Distances of the successes, in every measure."),
        .init(file: "results.csv", caption: "The images one by one."),
      ])
  }
}

extension EveryTargetExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    let share = reached.value.map { String(format: "%.1f %%", 100 * $0) } ?? "none"
    return RunSummary(
      title: "Every image as every class: \(attack)",
      findings: [
        "\(reached.count) of \(reached.total) pairs of an image and a class were reached (\(share)); of "
          + "\(everyClassReached.count) of \(everyClassReached.total) images every class."
      ] + [medianL2.map { String(format: "Median L2 of the pairs: %.3f.", $0) }].compactMap(\.self),
      pictures: [
        .init(
          file: "adversarial.png", caption: "Images as rows, the classes they became as columns.")
      ], tables: [.init(file: "results.csv", caption: "The pairs one by one.")])
  }
}
