import Adversarial
import Attacks
import Figures
import Foundation
import Images
import Lab
import Tensors

/// What an attack towards every class leaves to read and to look at.
struct EveryTargetExhibits {
  let configuration: AttackExperiment.Configuration
  let results: EveryTargetExperiment.Results
  let data: DataRecord
  let classNames: [String]
  let imageShape: ImageShape
  let evidence: EveryTargetExperiment.Evidence

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Every image as every class: \(configuration.attackTitle)", findings: findings, basis: basis)
    exhibits.figure("targets.png", "One image of each class (rows), perturbed towards every class (columns).")
    {
      sheet
    }
    exhibits.table("classes.csv", "Pairs of true class and target class.", of: classPairs, classColumns)
    let rows = evidence.pairs.map { AttackTable.Row(image: $0) }
    exhibits.table(
      "pairs.csv", "Pairs of image and target class.", of: rows,
      AttackTable.columns(of: rows, classNames: classNames))
    exhibits.cite(configuration.method.card.citations)
    return exhibits
  }

  // MARK: Words

  private var basis: String {
    "n = \(Numbers.grouped(results.imageCount)) held-out images, of which \(Numbers.grouped(results.alreadyWrongCount)) were already misclassified and not "
      + "attacked; \(Numbers.grouped(results.reached.total)) pairs of an image and a class other than its own; 95 % Wilson intervals. "
      + "Distances are over the successful pairs; pixels lie in [0, 1]."
  }

  var findings: [String] {
    func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    var findings = [
      "\(configuration.attackTitle): targeted attack success rate "
        + "\(results.reached.share(of: "pairs of image and target class", hasInterval: true)). Every class was reached from "
        + "\(results.everyClassReached.share(of: "images"))."
    ]
    if results.alreadyWrongCount > 0 {
      findings.append(
        "Skipped, of \(Numbers.grouped(results.imageCount)) images: \(Numbers.grouped(results.alreadyWrongCount)) already "
          + "misclassified.")
    }
    if results.medianL2 != nil {
      findings.append(
        "Median ℓ2 distance of the pairs \(number(results.medianL2)), of each image's nearest class "
          + "\(number(results.nearestMedianL2)); mean RMS perturbation \(number(results.meanDistortion)) and "
          + "\(number(results.nearestMeanDistortion)).")
    }
    return findings
  }

  // MARK: Tables

  private struct ClassPair {
    let label: Int
    let target: Int
    let pairs: [AttackedImage]

    var reached: [AttackedImage] { pairs.filter { $0.verdict == .succeeded } }

    func median(_ value: (Distortion) -> Double) -> Double? {
      Statistics.median(reached.map { value($0.distortion) })
    }
  }

  private var classPairs: [ClassPair] {
    let byClasses = Dictionary(grouping: evidence.pairs) { [$0.label, $0.target ?? -1] }
    return classNames.indices.flatMap { label in
      classNames.indices.filter { $0 != label }.map { target in
        ClassPair(label: label, target: target, pairs: byClasses[[label, target]] ?? [])
      }
    }
  }

  private var classColumns: [TableColumn<ClassPair>] {
    [
      TableColumn("label") { $0.label },
      TableColumn("class", article: "class") { classNames[$0.label] },
      TableColumn("target") { $0.target },
      TableColumn("target_class", article: "target class") { classNames[$0.target] },
      TableColumn("pairs", article: "pairs") { $0.pairs.count },
      TableColumn("reached", article: "reached") { $0.reached.count },
      TableColumn("median_l2", article: "median $\\ell_2$") { $0.median(\.l2) },
      TableColumn("median_linf", article: "median $\\ell_\\infty$") { $0.median(\.linf) },
    ]
  }

  // MARK: Figure

  private static let mostClasses = 40
  private static let fewestClasses = 8

  /// All; of more than a sheet can show those of attacked images, and where these are few the first others.
  static func shownClasses(of count: Int, attacked: Set<Int>) -> [Int] {
    guard count > mostClasses else { return Array(0..<count) }
    let others = (0..<count).lazy.filter { !attacked.contains($0) }
    return (attacked.sorted().prefix(mostClasses) + others.prefix(max(0, fewestClasses - attacked.count)))
      .sorted()
  }

  private func bitmap(_ pixels: [Float]) -> Bitmap {
    Bitmap(
      planar: pixels, channels: imageShape.channels, height: imageShape.height, width: imageShape.width)
  }

  private var sheet: ImageGrid {
    let blank = bitmap([Float](repeating: 0.5, count: imageShape.pixelCount))
    let classes = Self.shownClasses(of: classNames.count, attacked: Set(evidence.shown.keys))
    let rows = classes.map { label in
      let own = evidence.shown[label]
      return ImageGrid.Row(
        name: classNames[label], note: own.map { "#\($0.imageID)" } ?? "none attacked",
        images: classes.map { target in
          guard let own else { return blank }
          return target == label ? bitmap(own.clean) : own.versions[target].map(bitmap) ?? blank
        })
    }
    let provenance = AttackProvenance(
      configuration: configuration, data: data, modelName: results.modelName,
      modelChecksum: results.modelChecksum, imageCount: results.imageCount)
    let part =
      classes.count < classNames.count
      ? " Shown: \(classes.count) of \(classNames.count) classes, those of attacked images first; the tables have all."
      : ""
    return ImageGrid(
      caption: FigureCaption(
        title: "Every image as every class: \(configuration.attackTitle)",
        subtitle:
          "Rows: one image each. Columns: target classes; the diagonal is the clean image. Grey: the attack failed. "
          + findings[0],
        footer: [
          "One attacked image of each class, a random sample, not cherry-picked.\(part)",
          configuration.equation(isTargeted: true), provenance.sentence,
        ] + data.remarkLines, text: provenance.pairs),
      rows: rows, hasClassColumns: true)
  }
}
