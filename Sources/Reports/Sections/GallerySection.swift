import Experiments
import Foundation

extension GalleryExperiment.Results: ReportedResults {
  var reportSummary: RunSummary {
    func words(_ agreement: Agreement) -> String {
      agreement.mean.map { String(format: "%.3f", $0) } ?? "not defined"
    }
    return RunSummary(
      title: "Neurons beside random directions",
      findings: [
        "Over \(neurons.count) live units of \(layer) the mean label agreement κ of the top images is \(words(neurons)), over "
          + "\(randomDirections.count) random directions \(words(randomDirections)); random images have "
          + "\(String(format: "%.3f", chance)). \(imageCount) images, of which the network gets \(correctCount) right."
      ] + remarks,
      pictures: files.filter { $0.hasSuffix(".png") && !$0.hasPrefix("sprites/") }.map {
        .init(
          file: $0,
          caption: $0 == files.first
            ? "Each row: the images that rank highest along one direction of the feature layer."
            : "The sheet \($0).")
      },
      tables: [
        .init(
          file: "directions.csv",
          caption: "The directions, neurons and others, with what was measured of each.",
          isWhole: true),
        .init(file: "rankings.csv", caption: "Every image of the sheets, with its rank, score and class."),
      ])
  }
}
