import Adversarial
import Storage

/// `results.csv` of an attack: a row for every image, in the order of `adversarial.npy`.
///
/// All of a row is about the returned image, which is the original one unless the attack succeeded. Columns that begin with
/// `attempt_` are about what the attack proposed, successful or not: that is what the sheet shows.
enum AttackTable {
  static let columns = [
    "image", "label", "class", "target", "target_class", "verdict", "reason", "prediction_before",
    "class_before", "confidence_before", "prediction_after", "class_after", "confidence_after", "l2", "linf",
    "distortion", "survives_png", "l0", "l1", "saved_png", "attempt_prediction", "attempt_class",
    "attempt_confidence", "attempt_l2", "attempt_linf",
  ]

  /// With two more columns for black-box attacks: queries, and queries until the first success.
  ///
  /// - Parameters:
  ///   - repairs: What an 8-bit file can hold, one for each image.
  ///   - bounds: Distances that no attack can undercut; nil: no column.
  static func table(
    of images: [AttackedImage], repairs: [EightBitRepair.Outcome?], bounds: [Double]?, classNames: [String]
  ) -> CSVWriter {
    let isBlackBox = images.contains { $0.queries != nil }
    var table = CSVWriter(
      columns: columns + (bounds == nil ? [] : ["lower_bound"])
        + (isBlackBox ? ["queries", "queries_to_success"] : []))
    for (index, image) in images.enumerated() {
      table.append(
        [
          image.imageID, image.label, classNames[image.label], image.target,
          image.target.map { classNames[$0] } ?? "", verdict(image), reason(image, classNames),
          image.before.label, classNames[image.before.label], image.before.confidence, image.after.label,
          classNames[image.after.label], image.after.confidence, image.distortion.l2, image.distortion.linf,
          image.distortion.rootMeanSquare, image.survives8Bit, image.distortion.l0,
          image.distortion.l1, repairs[index]?.rawValue ?? "",
        ] + attempt(of: image, classNames) + (bounds.map { [$0[index]] } ?? [])
          + (isBlackBox
            ? [image.queries?.queryCount, image.queries?.firstSuccess] : [])
      )
    }
    return table
  }

  /// Empty where an image was skipped.
  private static func attempt(of image: AttackedImage, _ classNames: [String]) -> [any CSVValue] {
    guard let distortion = image.attemptDistortion else { return Array(repeating: "", count: 5) }
    return [
      image.attempt.label, classNames[image.attempt.label], image.attempt.confidence, distortion.l2,
      distortion.linf,
    ]
  }

  /// Distortions of the successes, a row for each measure.
  static func distortions(_ summaries: [DistortionSummary]) -> CSVWriter {
    var table = CSVWriter(columns: [
      "measure", "successes", "mean", "least", "lower_quartile", "median", "upper_quartile", "greatest",
    ])
    for row in summaries {
      table.append([
        row.measure.rawValue, row.successCount, row.mean, row.least, row.lowerQuartile, row.median,
        row.upperQuartile, row.greatest,
      ])
    }
    return table
  }

  private static func verdict(_ image: AttackedImage) -> String {
    switch image.verdict {
    case .alreadyWrong, .alreadyTarget: "skipped"
    case .failed: "failed"
    case .succeeded: "succeeded"
    }
  }

  /// Why an image was not attacked, or not with success.
  private static func reason(_ image: AttackedImage, _ classNames: [String]) -> String {
    switch image.verdict {
    case .alreadyWrong: "already misclassified"
    case .alreadyTarget: "of the target class"
    case .succeeded: ""
    case .failed where image.hadZeroGradient: "gradient of zero"
    case .failed where image.attempt.label == image.label: "still classified correctly"
    case .failed: "taken for \(classNames[image.attempt.label])"
    }
  }
}
