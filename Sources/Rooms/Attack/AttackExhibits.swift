import Adversarial
import Attacks
import Figures
import Foundation
import Lab
import Tensors

/// What an attack leaves to read and to look at.
struct AttackExhibits {
  let configuration: AttackExperiment.Configuration
  let results: AttackExperiment.Results
  let data: DataRecord
  let classNames: [String]
  let imageShape: ImageShape
  let evidence: AttackExperiment.Evidence

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Adversarial examples: \(configuration.attackTitle)", findings: findings, basis: basis)
    sheet.add(to: &exhibits)
    exhibits.chart(
      "figures/robust-accuracy", "Robust accuracy by perturbation size.",
      alternative: "A falling curve. \(subtitle)", robustAccuracy)
    exhibits.chart(
      "figures/distortions", "Distances of the smallest perturbations found.",
      alternative: "A histogram; the quartiles are in distortions.csv.", distances)
    exhibits.queries(queries, caption: caption)
    exhibits.table(
      "distortions.csv", "Distances of the adversarial examples, in every measure.",
      of: results.distortions, AttackTable.distortions)
    exhibits.table(
      "results.csv", "The images one by one.", of: evidence.rows,
      AttackTable.columns(of: evidence.rows, classNames: classNames))
    exhibits.cite(configuration.method.card.citations + [.wilson1927probable, .carlini2019evaluating])
    return exhibits
  }

  private var provenance: AttackProvenance {
    AttackProvenance(
      configuration: configuration, data: data, modelName: results.modelName,
      modelChecksum: results.modelChecksum, imageCount: results.imageCount)
  }

  /// Under a title that names the attack.
  private var subtitle: String {
    let rates = Self.rates(of: results.summary)
    return rates.prefix(1).uppercased() + rates.dropFirst()
  }

  private var sheet: AttackSheet {
    AttackSheet(
      configuration: configuration, provenance: provenance, subtitle: subtitle,
      classNames: classNames, imageShape: imageShape, sample: evidence.sample)
  }

  // MARK: Words

  private var basis: String {
    "n = \(Numbers.grouped(results.imageCount)) held-out images, of which \(Numbers.grouped(results.summary.success.total)) "
      + "were attacked; 95 % Wilson intervals. Distances are over the "
      + "\(Numbers.grouped(results.summary.success.count)) adversarial examples found; pixels lie in "
      + "[0, 1]. RMS perturbation: root mean square over all pixel values."
  }

  /// The attack, and its rates.
  static func headline(
    of summary: EvaluationSummary, _ configuration: AttackExperiment.Configuration
  ) -> String { "\(configuration.attackTitle): \(rates(of: summary))" }

  /// The success rate with its interval, and accuracy before and after.
  private static func rates(of summary: EvaluationSummary) -> String {
    let (success, all) = (summary.success, summary.cleanAccuracy.total)
    guard success.total > 0 else { return "no image was attacked, of \(Numbers.grouped(all))." }
    return
      "\(summary.isTargeted ? "targeted " : "")attack success rate \(success.share(of: "attacked images", hasInterval: true)). "
      + "Clean accuracy \(summary.cleanAccuracy.share()), robust accuracy \(summary.robustAccuracy.share())."
  }

  var findings: [String] {
    let summary = results.summary
    var findings = [results.sentence]
    let skipped = [
      (summary.alreadyWrongCount, "already misclassified"),
      (summary.alreadyTargetCount, "already of the target class"),
    ].filter { $0.0 > 0 }.map { "\(Numbers.grouped($0.0)) \($0.1)" }
    if !skipped.isEmpty {
      findings.append(
        "Skipped, of \(Numbers.grouped(results.imageCount)) images: \(skipped.joined(separator: ", ")).")
    }
    if summary.survival.total > 0 {
      let repaired =
        results.saved.count > summary.survival.count
        ? "; after repair by single 8-bit steps, \(results.saved.share())" : ""
      findings.append(
        "After rounding to 8 bits, \(summary.survival.share(of: "adversarial examples")) still fool the network\(repaired)."
      )
    }
    if summary.zeroGradientCount > 0 {
      findings.append(
        "The gradient was zero for "
          + "\(Proportion(summary.zeroGradientCount, of: summary.success.total).share(of: "attacked images")): it could not move "
          + "them.")
    }
    if let l2 = summary.medianL2, let linf = summary.medianLinf, let rootMeanSquare = summary.meanDistortion {
      findings.append(
        String(
          format:
            "Distances of the adversarial examples: median ℓ2 %.3f, median ℓ∞ %.3f, mean RMS perturbation %.4f.",
          l2, linf, rootMeanSquare))
    }
    if let forwards = summary.forwardsPerImage, let backwards = summary.backwardsPerImage {
      findings.append(
        String(
          format: "Cost per attacked image: %.1f forward and %.1f backward passes.", forwards, backwards))
    }
    if let optimality = results.optimality {
      findings.append(
        String(
          format:
            "Median cosine between perturbation and gradient of the margin: %.3f (1 at a nearest point in ℓ2).",
          optimality))
    }
    return findings + [results.bounds?.sentence].compactMap(\.self)
      + results.warnings.map { "Warning: \($0)" }
  }

  // MARK: Charts

  private func caption(_ title: String, _ subtitle: String) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: ["\(configuration.attackTitle); \(provenance.sentence)"] + data.remarkLines)
  }

  /// nil: the attack is not black-box.
  private var queries: QueryFigures? {
    guard configuration.method.card.access.isBlackBox else { return nil }
    return QueryFigures(
      attacks: [.init(name: results.attack, images: images)], reference: nil, norm: configuration.norm,
      isMinimal: configuration.epsilon == nil)
  }

  private var images: [AttackedImage] { evidence.rows.map(\.image) }

  /// Distances of the successes; none of an attack with a budget, whose distances are the budget.
  private var found: (all: [Double], largest: Double, median: Double)? {
    guard results.hasCharts else { return nil }
    let distances = images.filter { $0.verdict == .succeeded }.map {
      $0.distortion.length(in: configuration.norm)
    }
    guard let largest = distances.max(), largest > 0, let median = Statistics.median(distances) else {
      return nil
    }
    return (distances, largest, median)
  }

  private var robustAccuracy: Chart? {
    found.map { found in
      let curve = RobustAccuracyCurve(minimalDistances: images, norm: configuration.norm)
      return Chart.robustAccuracy(
        caption: caption(
          "Robust accuracy by perturbation size",
          "An upper bound: a stronger attack could only lower it. \(subtitle)"),
        curves: [
          Chart.AccuracyCurve(
            name: results.attack, role: .neurons,
            steps: curve.points.map {
              Chart.Point(x: $0.epsilon, value: $0.accuracy.value ?? 0)  // of all images: there are some
            })
        ], largest: found.largest * 1.05,
        axis: "\(configuration.norm.symbol) norm of the perturbation, pixels in [0, 1]")
    }
  }

  private var distances: Chart? {
    found.map { found in
      Chart.distortions(
        caption: caption(
          "Distances of the smallest perturbations found",
          "\(found.all.count) adversarial examples. Images for which the attack found none are not shown."),
        distances: found.all, median: found.median,
        axis: "\(configuration.norm.symbol) distance to the adversarial example")
    }
  }
}
