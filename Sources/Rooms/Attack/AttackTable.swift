import Adversarial
import Lab
import Storage

/// Columns of `results.csv` and of `pairs.csv`: a row for every image, in the order of `adversarial.npy`.
///
/// All of a row is about the returned image, which is the original one unless the attack succeeded. Columns that begin with
/// `attempt_` are about what the attack proposed, successful or not: that is what the sheet shows.
enum AttackTable {
  struct Row {
    let image: AttackedImage
    /// What an 8-bit file can hold.
    var repair: EightBitRepair.Outcome?
    /// A certified lower bound on the distance.
    var bound: Double?
  }

  /// With a column more where there are bounds, and two for black-box attacks: queries, and queries until the first
  /// success.
  static func columns(of rows: [Row], classNames: [String]) -> [TableColumn<Row>] {
    columns(classNames)
      + (rows.contains { $0.bound != nil } ? [TableColumn("lower_bound") { $0.bound }] : [])
      + (rows.contains { $0.image.queries != nil }
        ? [
          TableColumn("queries") { $0.image.queries?.queryCount },
          TableColumn("queries_to_success") { $0.image.queries?.firstSuccess },
        ] : [])
  }

  private static func columns(_ classNames: [String]) -> [TableColumn<Row>] {
    [
      TableColumn("image", article: "image") { $0.image.imageID },
      TableColumn("label") { $0.image.label },
      TableColumn("class", article: "class") { classNames[$0.image.label] },
      TableColumn("target") { $0.image.target },
      TableColumn("target_class") { $0.image.target.map { classNames[$0] } ?? "" },
      TableColumn("verdict", article: "verdict") { verdict($0.image) },
      TableColumn("reason") { reason($0.image, classNames) },
      TableColumn("prediction_before") { $0.image.before.label },
      TableColumn("class_before") { classNames[$0.image.before.label] },
      TableColumn("confidence_before") { $0.image.before.confidence },
      TableColumn("prediction_after") { $0.image.after.label },
      TableColumn("class_after", article: "predicted class") { classNames[$0.image.after.label] },
      TableColumn("confidence_after", article: "confidence") { $0.image.after.confidence },
      TableColumn("l2", article: "$\\ell_2$") { $0.image.distortion.l2 },
      TableColumn("linf", article: "$\\ell_\\infty$") { $0.image.distortion.linf },
      TableColumn("distortion", article: "RMS") { $0.image.distortion.rootMeanSquare },
      TableColumn("survives_png") { $0.image.survives8Bit },
      TableColumn("l0") { $0.image.distortion.l0 },
      TableColumn("l1") { $0.image.distortion.l1 },
      TableColumn("saved_png") { $0.repair?.rawValue ?? "" },
      // Empty where an image was skipped.
      TableColumn("attempt_prediction") { row in
        row.image.attemptDistortion.map { _ in row.image.attempt.label }
      },
      TableColumn("attempt_class") { row in
        row.image.attemptDistortion.map { _ in classNames[row.image.attempt.label] } ?? ""
      },
      TableColumn("attempt_confidence") { row in
        row.image.attemptDistortion.map { _ in row.image.attempt.confidence }
      },
      TableColumn("attempt_l2") { $0.image.attemptDistortion?.l2 },
      TableColumn("attempt_linf") { $0.image.attemptDistortion?.linf },
    ]
  }

  /// Of `distortions.csv`.
  static var distortions: [TableColumn<DistortionSummary>] {
    [
      TableColumn("measure", isIdentifier: true) { $0.measure.rawValue },
      TableColumn("successes") { $0.successCount },
      TableColumn("mean") { $0.mean },
      TableColumn("least") { $0.least },
      TableColumn("lower_quartile") { $0.lowerQuartile },
      TableColumn("median") { $0.median },
      TableColumn("upper_quartile") { $0.upperQuartile },
      TableColumn("greatest") { $0.greatest },
    ]
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
