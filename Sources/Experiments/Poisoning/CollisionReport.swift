import Figures
import Foundation
import Images
import Storage
import Tensors

/// Table, figures and sentences of `intrigue poison collision`.
struct CollisionReport {
  typealias Results = CollisionExperiment.Results
  typealias Attack = CollisionExperiment.Attack

  let results: Results
  let shape: ImageShape
  let provenance: PoisonProvenance

  private static let shownPairs = 8

  func write(in folder: RunFolder) throws {
    try table.write(to: folder.file("collision.csv"))
    let figures = try folder.folder("figures")
    try chart.write(named: "success", in: figures.url)
    try strip.write(to: figures.file("poisons.png"))
  }

  private var table: CSVWriter {
    var table = CSVWriter(
      columns: [
        "pair", "base", "target", "target_image", "success", "control_success", "checked_success",
        "start_distance", "feature_distance", "nearest_base", "pixel_distance", "target_pixel_distance",
        "removed_poisons",
        "removed_clean", "training_images",
      ] + CSVWriter.columns(counted: "error") + CSVWriter.columns(counted: "checked_error"))
    for attack in results.attacks {
      let row: [any CustomStringConvertible] = [
        attack.pair, results.classNames[attack.base], results.classNames[attack.target], attack.targetImage,
        attack.success, attack.controlSuccess, attack.checkedSuccess, attack.startDistance,
        attack.featureDistance, attack.nearestBase, attack.baseDistance, attack.targetDistance,
        attack.removedPoisons,
        attack.removedClean, attack.trainingCount,
      ]
      table.append(
        row + CSVWriter.fields(counted: attack.error) + CSVWriter.fields(counted: attack.checkedError))
    }
    return table
  }

  // MARK: Figures

  private var chart: Chart {
    func rates(_ attacks: [Attack]) -> [Chart.Rate] {
      let rows: [(String, Chart.Role, (Attack) -> Bool)] = [
        ("poisons", .neurons, \.success), ("their starting images", .control, \.controlSuccess),
        ("poisons, after the neighbour check", .random, \.checkedSuccess),
      ]
      return rows.map { name, role, isHit in
        Chart.Rate(name: name, role: role, share: Proportion(attacks.count(where: isHit), of: attacks.count))
      }
    }
    let groups =
      [Chart.RateGroup(name: "all pairs", rows: rates(results.attacks))]
      + results.pairs.map { pair in
        Chart.RateGroup(
          name: "\(results.classNames[pair.target]) called \(results.classNames[pair.base])",
          rows: rates(pair.attacks))
      }
    return Chart.successRates(
      caption: provenance.caption(
        title: "Targets that the victim calls the base class",
        subtitle:
          "\(Self.victim(results)); \(Self.poisons(results)) for each target, rounded to 8 bits. Targets: held-out images "
          + "that a victim without poison gets right. Wilson's 95 % intervals; attacks on one pair of classes are not "
          + "independent."),
      groups: groups.enumerated().filter { $0.offset == 0 || $0.element.rows[0].total > 0 }.map(\.element),
      legend: [
        (.neurons, "poisons"), (.control, "starting images"), (.random, "after the check"),
      ], axis: "targets called the base class")
  }

  private var strip: ImageStrip {
    let pairs = results.pairs.filter { !$0.shown.isEmpty }.prefix(Self.shownPairs)
    let tiles = ["base", "poison", "target"].enumerated().flatMap { row, name in
      pairs.map { pair in
        ContactSheet.Tile(
          image: Bitmap(
            planar: pair.shown[row], channels: shape.channels, height: shape.height, width: shape.width),
          caption: name, classIndex: row == 2 ? pair.target : pair.base)
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        title: "Poisons with right labels",
        subtitle:
          "The first attack on each of \(pairs.count) pairs of classes. Top: an image of the base class. Middle: the poison "
          + "made from it, which the victim gets as an image of that class. Bottom: the held-out image whose features it "
          + "has. Frame and letter: the label."),
      classNames: results.classNames, tiles: tiles, columnCount: max(pairs.count, 1))
  }

  // MARK: Words

  private static func victim(_ results: Results) -> String {
    switch results.victim {
    case .transfer(let count, let decay):
      "Last layer trained again on frozen features: logistic regression (λ = \(Numbers.threeDigits(decay))) on \(count) "
        + "images of each of two classes"
    case .endToEnd(let training):
      "All layers trained again for \(training.epochCount) epochs from the clean weights"
    }
  }

  private static func poisons(_ results: Results) -> String {
    (results.poisonCount == 1 ? "one poison" : "\(results.poisonCount) poisons")
      + (results.watermark > 0 ? " with a watermark of \(PoisonWords.percent(results.watermark))" : "")
  }

  static func sentences(_ results: Results) -> [String] {
    let attacks = results.attacks
    guard !attacks.isEmpty else { return ["no target could be attacked: the victim gets none of them right"] }
    func share(_ isHit: (Attack) -> Bool) -> String {
      RubbishWords.of(Proportion(attacks.count(where: isHit), of: attacks.count))
    }
    func median(_ values: [Double]) -> String {
      Statistics.median(values).map(Numbers.threeDigits) ?? "unknown"
    }
    /// Attacks on one pair share their victim's images, so the pairs are the sample.
    func errors(_ error: (Attack) -> Proportion) -> String {
      MeanShare(
        results.pairs.filter { !$0.attacks.isEmpty }.map { pair in
          pair.attacks.reduce(0) { $0 + (error($1).value ?? 0) } / Double(pair.attacks.count)
        }
      ).words
    }
    let poisons = attacks.count * results.poisonCount
    let removed = attacks.reduce(0) { $0 + $1.removedPoisons }
    let clean = attacks.reduce(0) { $0 + $1.trainingCount } - poisons
    let cleanRemoved = attacks.reduce(0) { $0 + $1.removedClean }
    let closer = attacks.count { $0.featureDistance < $0.nearestBase }
    let cleanErrors = MeanShare(results.pairs.map { $0.cleanError.value ?? 0 })
    return [
      "\(victim(results)); \(Self.poisons(results)) for each target, over \(results.pairs.count) pairs of classes: the target "
        + "is called the base class in \(share(\.success)) attacks; with the starting images in the place of the poisons "
        + "in \(share(\.controlSuccess))",
      "distance from the target's features, median: starting images \(median(attacks.map(\.startDistance))), poisons "
        + "\(median(attacks.map(\.featureDistance))), nearest training image of the base class "
        + "\(median(attacks.map(\.nearestBase))); in \(closer) of \(attacks.count) attacks poisons are nearer than that; "
        + "β = \(Numbers.threeDigits(results.similarity))",
      "pixels, L2, median: a poison is \(median(attacks.map(\.baseDistance))) from its base and "
        + "\(median(attacks.map(\.targetDistance))) from the target; in "
        + "\(attacks.count { $0.baseDistance < $0.targetDistance }) of \(attacks.count) attacks nearer to its base, "
        + "whose label it has",
      "held-out error of the victim: \(errors(\.error)) with poisons, without "
        + "\(cleanErrors.words) (means over pairs)",
      "neighbour check, k = \(results.neighbourCount): removes \(RubbishWords.counted(Proportion(removed, of: poisons))) "
        + "poisons and \(RubbishWords.counted(Proportion(cleanRemoved, of: clean))) clean images, counted over all "
        + "attacks; after it the target is called the base class in \(share(\.checkedSuccess)) attacks, error "
        + errors(\.checkedError),
    ]
  }
}
