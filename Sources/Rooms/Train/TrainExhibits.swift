import Figures
import Foundation
import Lab
import Networks

/// What `intrigue train` leaves to read and to look at.
struct TrainExhibits {
  let results: TrainExperiment.Results
  /// Architecture and data.
  let name: String
  /// On the data, for the foot of the chart.
  let remarks: [String]

  var exhibits: Exhibits {
    var exhibits = Exhibits(title: "Training", findings: findings, basis: basis)
    exhibits.chart(
      "figures/training", "Loss and accuracy during training.", alternative: alternative,
      results.history.isEmpty ? nil : Self.curve(of: results.history, title: name))
    return exhibits
  }

  var findings: [String] {
    let unit = results.history.last?.gradientNorm == nil ? "epoch" : "iteration"
    let count = "\(results.epochsTrained) \(unit)\(results.epochsTrained == 1 ? "" : "s")"
    return [
      String(
        format: "%@: accuracy %.2f %% on %d held-out images (mean loss %.4f) after %@.", name,
        100 * results.heldOutAccuracy, results.heldOutCount, results.heldOutLoss, count),
      "The network has \(results.parameterCount) trained parameters; training took "
        + String(format: "%.1f s.", results.trainingSeconds),
    ] + (results.privacy.map { [$0.sentence] } ?? [])
  }

  private var basis: String {
    "Accuracy and loss are of n = \(results.heldOutCount) held-out images; the curves are of training images, and of "
      + "validation images where some were set aside."
  }

  private var alternative: String {
    guard let last = results.history.last else { return "" }
    return String(
      format:
        "Two curves over %d epochs. At the end the training loss is %.4f, the training accuracy %.2f %%.",
      results.history.count, last.trainingLoss, 100 * last.trainingAccuracy)
  }

  static func curve(of history: [EpochRecord], title: String) -> Chart {
    Chart.trainingCurve(
      title: title,
      epochs: history.map { epoch in
        Chart.Epoch(
          number: epoch.epoch, trainingLoss: epoch.trainingLoss, trainingAccuracy: epoch.trainingAccuracy,
          validationLoss: epoch.validationLoss, validationAccuracy: epoch.validationAccuracy)
      })
  }
}
