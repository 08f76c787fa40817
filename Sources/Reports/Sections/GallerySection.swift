import Foundation
import GalleryRoom
import Lab

extension GalleryExperiment.Results {
  /// - Parameters:
  ///   - family: What stands beside the neurons.
  ///   - topCount: k.
  func reportSummary(family: DirectionFamily, topCount: Int) -> RunSummary {
    func words(_ agreement: Agreement) -> String {
      agreement.mean.map { String(format: "%.3f", $0) } ?? "not defined"
    }
    let others = family.words
    let sheets = files.filter { $0.hasSuffix(".png") && !$0.hasPrefix("sprites/") }
    return RunSummary(
      title: "Neurons beside \(others)",
      findings: [
        "Over \(neurons.count) live units of \(layer) the mean label agreement κ of the top images is \(words(neurons)), over "
          + "\(randomDirections.count) \(others) \(words(randomDirections)); random images have "
          + "\(String(format: "%.3f", chance)). \(imageCount) images, of which the network gets \(correctCount) right."
      ] + remarks,
      basis:
        "The top k = \(topCount) of n = \(imageCount) images; layer \(layer), \(neurons.count) live units of \(unitCount), \(randomDirections.count) "
        + "\(others). κ: label agreement of the top images, 0 for random images, 1 for one class. One network "
        + "and one draw of directions: a description, no test.",
      pictures: sheets.map { sheet in
        let drawing = sheet.replacing(".png", with: ".pdf")
        return .init(
          file: sheet, caption: Self.caption(ofSheet: sheet, beside: others),
          // Both halves in one are too wide to be read there, and a sheet for each direction too many.
          isForArticle: !sheet.hasPrefix("gallery") && !sheet.contains("/"),
          drawing: files.contains(drawing) ? drawing : nil)
      },
      tables: [
        .init(
          file: "directions.csv",
          caption: "The directions, neurons and others, with what was measured of each.",
          isWhole: true, articleColumns: RunSummary.directionColumns),
        .init(
          file: "rankings.csv", caption: "Every image of the sheets, with its rank, score and class.",
          articleColumns: [
            ("id", "direction"), ("rank", "rank"), ("image", "image"), ("score", "score"), ("class", "class"),
            ("predicted_class", "seen as"), ("confidence", "confidence"),
          ]),
      ], catalogue: "", citations: [.bau2017network])
  }

  private static func caption(ofSheet file: String, beside others: String) -> String {
    let parts = file.replacing(".png", with: "").split(separator: "/")
    let name = parts.last.map(String.init) ?? file
    switch (parts.count > 1 ? parts[0] : "", name.split(separator: "-").first ?? "") {
    case ("strata", _): return "\(name), from its highest scores to its lowest."
    case ("per-class", _): return "\(name) within each class: its best images of every class."
    case (_, "gallery"):
      return "Neurons and \(others): each row shows the images that rank highest along one."
    case (_, "neurons"): return "Single neurons: each row shows the images that excite one most."
    default:
      return
        "\(others.prefix(1).uppercased() + others.dropFirst()): each row shows the images that rank highest along one."
    }
  }
}

extension RunSummary {
  /// Of directions one by one.
  static let directionColumns = [
    (name: "id", heading: "direction"), ("kappa", "$\\kappa$"), ("purity", "purity"),
    ("top_class", "top class"),
    ("auc_max", "AUROC"), ("mean", "mean"), ("standard_deviation", "s.d."), ("positive_share", "share $> 0$"),
    ("tail_gap", "$z_k$"),
  ]
}
