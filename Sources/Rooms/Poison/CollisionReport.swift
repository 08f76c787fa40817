import Adversarial
import Figures
import Foundation
import Images
import Lab
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

  var table: CSVWriter {
    var table = CSVWriter(
      columns: [
        "pair", "base", "target", "target_image", "success", "control_success", "checked_success",
        "start_distance", "feature_distance", "nearest_base", "pixel_distance", "target_pixel_distance",
        "removed_poisons",
        "removed_clean", "removed_class", "training_images",
      ] + CSVWriter.columns(counted: "error") + CSVWriter.columns(counted: "checked_error"))
    for attack in results.attacks {
      let checkedSuccess = attack.checkedSuccess
      let removedClass = attack.removedClass.map { results.classNames[$0] } ?? ""
      let row: [any CSVValue] = [
        attack.pair, results.classNames[attack.base], results.classNames[attack.target], attack.targetImage,
        attack.success, attack.controlSuccess, checkedSuccess, attack.startDistance,
        attack.featureDistance, attack.nearestBase, attack.baseDistance, attack.targetDistance,
        attack.removedPoisons,
        attack.removedClean, removedClass, attack.trainingCount,
      ]
      table.append(
        row + CSVWriter.fields(counted: attack.error)
          + (attack.checkedError.map { CSVWriter.fields(counted: $0) } ?? ["", "", "", "", ""]))
    }
    return table
  }

  // MARK: Figures

  var chart: Chart {
    let rows: [(name: String, role: Chart.Role, isHit: (Attack) -> Bool?)] = [
      ("poisons", .neurons, { $0.success }), ("their starting images", .control, { $0.controlSuccess }),
      ("poisons, after the neighbour check", .random, { $0.checkedSuccess }),
    ]
    let all = rows.map { row -> Chart.Rate in
      let shares = results.shares(row.isHit)
      let mean = shares.isEmpty ? nil : MeanShare(shares)
      return Chart.Rate(
        name: row.name, role: row.role, share: Self.share(results.attacks, row.isHit), mean: mean?.mean,
        interval: mean?.interval)
    }
    let groups =
      [Chart.RateGroup(name: "all pairs", rows: all)]
      + results.pairs.map { pair in
        Chart.RateGroup(
          name: "\(results.classNames[pair.target]) called \(results.classNames[pair.base])",
          rows: rows.map {
            Chart.Rate(name: $0.name, role: $0.role, share: Self.share(pair.attacks, $0.isHit))
          })
      }
    return Chart.successRates(
      caption: provenance.caption(
        title: "Targets that the victim calls the base class",
        subtitle:
          "\(Self.victim(results)); \(Self.poisons(results)) for each target, rounded to 8 bits. Targets: held-out images "
          + "that a victim without poison gets right. All pairs: mean over \(results.shares { $0.success }.count) pairs of "
          + "classes, Student's 95 % interval, none where all are alike. One pair: Wilson's 95 % interval over its "
          + "targets, for this one victim and network."),
      groups: groups.enumerated().filter { $0.offset == 0 || $0.element.rows[0].total > 0 }.map(\.element),
      legend: [
        (.neurons, "poisons"), (.control, "starting images"), (.random, "after the check"),
      ], axis: "targets called the base class")
  }

  private var strip: ImageStrip {
    let pairs = results.pairs.filter { !$0.shown.isEmpty }.prefix(Self.shownPairs)
    let tiles = (0..<3).flatMap { row in
      pairs.map { pair in
        let first = pair.attacks[0]
        let caption = [
          "base", Numbers.threeDigits(first.featureDistance), first.success ? "mistaken" : "not mistaken",
        ][row]
        return ContactSheet.Tile(
          image: Bitmap(
            planar: pair.shown[row], channels: shape.channels, height: shape.height, width: shape.width),
          caption: caption, classIndex: row == 2 ? pair.target : pair.base)
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        title: "Poisons with right labels",
        subtitle:
          "The first attack on each of \(pairs.count) pairs of classes. Top: an image of the base class. Middle: the poison "
          + "made from it, which the victim gets as an image of that class, with its distance from the target's features"
          + (results.poisonCount == 1 ? "" : " (mean over \(results.poisonCount) poisons)")
          + ". Bottom: the target, a held-out image whose features it was moved towards, and whether the victim calls it "
          + "the base class. Frame and letter: the label."),
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
    func share(_ isHit: (Attack) -> Bool?) -> String {
      let counted = Self.share(attacks, isHit)
      let shares = results.shares(isHit)
      return "\(counted.count) of \(counted.total) attacks"
        + (shares.isEmpty
          ? ""
          : ", mean over \(shares.count) \(shares.count == 1 ? "pair" : "pairs") \(MeanShare(shares).words)")
    }
    func median(_ values: [Double]) -> String {
      Statistics.median(values).map(Numbers.threeDigits) ?? "unknown"
    }
    func mean(_ values: [Double]) -> String { values.isEmpty ? "unknown" : MeanShare(values).words }
    let attacked = results.pairs.filter { !$0.attacks.isEmpty }
    /// Attacks on one pair share their victim's images, so the pairs are the sample.
    func errors(_ error: (Attack) -> Proportion?) -> String {
      mean(
        attacked.compactMap { pair in
          let known = pair.attacks.compactMap { error($0)?.value }
          return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        })
    }
    /// Of victims without poison: one of each pair, or one of all, which has no spread over pairs.
    func cleanError(_ error: (CollisionExperiment.Pair) -> Proportion?) -> String {
      guard case .endToEnd = results.victim else { return mean(attacked.compactMap { error($0)?.value }) }
      return attacked.first.flatMap(error).map { $0.counted + ", one victim for all pairs" }
        ?? "unknown"
    }
    func price() -> Proportion {
      if case .endToEnd = results.victim, let first = attacked.first { return first.cleanRemoved }
      return Proportion(
        attacked.reduce(0) { $0 + $1.cleanRemoved.count },
        of: attacked.reduce(0) { $0 + $1.cleanRemoved.total })
    }
    let poisons = attacks.count * results.poisonCount
    let removed = attacks.reduce(0) { $0 + $1.removedPoisons }
    let clean = attacks.reduce(0) { $0 + $1.trainingCount } - poisons
    let cleanRemoved = attacks.reduce(0) { $0 + $1.removedClean }
    let closer = attacks.count { $0.featureDistance < $0.nearestBase }
    let classless = attacks.count { $0.removedClass != nil }
    return [
      "\(victim(results)); \(Self.poisons(results)) for each target: the target is called the base class in "
        + "\(share { $0.success }); with the starting images in the place of the poisons in "
        + share { $0.controlSuccess },
      "distance from the target's features, median: starting images \(median(attacks.map(\.startDistance))), poisons "
        + "\(median(attacks.map(\.featureDistance))), nearest training image of the base class "
        + "\(median(attacks.map(\.nearestBase))); in \(closer) of \(attacks.count) attacks poisons are nearer than that; "
        + "β = \(Numbers.threeDigits(results.similarity))",
      "pixels, L2, median: a poison is \(median(attacks.map(\.baseDistance))) from its base and "
        + "\(median(attacks.map(\.targetDistance))) from the target; in "
        + "\(attacks.count { $0.baseDistance < $0.targetDistance }) of \(attacks.count) attacks nearer to its base, "
        + "whose label it has",
      "held-out error of the victim, mean over pairs: \(errors { $0.error }) with poisons; without "
        + cleanError { $0.cleanError },
      "neighbour check, k = \(results.neighbourCount): removes \(Proportion(removed, of: poisons).counted) "
        + "poisons and \(Proportion(cleanRemoved, of: clean).counted) clean images, counted over all "
        + "attacks; after it the target is called the base class in \(share { $0.checkedSuccess }), error "
        + errors { $0.checkedError }
        + (classless == 0
          ? ""
          : "; in \(classless) of \(attacks.count) attacks it left nothing of a class, and these are not counted"),
      "without poison the check removes \(price().counted) clean images, and the error is "
        + cleanError { $0.cleanCheckedError },
      "one clean network underlies all attacks: intervals are over pairs of classes, not over networks",
    ]
  }

  /// Of the attacks of which it can be said.
  private static func share(_ attacks: [Attack], _ isHit: (Attack) -> Bool?) -> Proportion {
    let said = attacks.compactMap(isHit)
    return Proportion(said.count { $0 }, of: said.count)
  }
}
