import Foundation
import TrainRoom

extension TrainExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    let last = history.last
    return RunSummary(
      title: "Training",
      findings: [
        String(
          format:
            "The network classifies %.2f %% of %d held-out images correctly (mean loss %.4f) after %d %@.",
          100 * heldOutAccuracy, heldOutCount, heldOutLoss, epochsTrained,
          (last?.gradientNorm == nil ? "epoch" : "iteration") + (epochsTrained == 1 ? "" : "s")),
        "It has \(parameterCount) trained parameters; training took \(String(format: "%.1f", trainingSeconds)) s.",
      ],
      basis:
        "Accuracy and loss are of n = \(heldOutCount) held-out images; the curves are of training images, and of "
        + "validation images where some were kept.",
      pictures: [
        .init(
          file: "figures/training.png", caption: "Loss and accuracy as training went on.",
          alternative: last.map {
            String(
              format:
                "Two curves over %d epochs. At the end the training loss is %.4f, the training accuracy %.2f %%.",
              history.count, $0.trainingLoss, 100 * $0.trainingAccuracy)
          })
      ])
  }
}
