import Adversarial
import Figures
import Images
import Lab
import Tensors

/// The findings, figures and table of `intrigue poison collision`.
struct CollisionExhibits {
  typealias Results = CollisionExperiment.Results
  typealias Attack = CollisionExperiment.Attack

  let results: Results
  let shape: ImageShape
  let provenance: Provenance

  private static let shownPairs = 8

  var exhibits: Exhibits {
    let findings = CollisionFindings(results: results)
    var exhibits = Exhibits(
      title: "Clean-label poisoning by feature collision", findings: results.sentences,
      basis:
        "n = \(results.attacks.count) attacks on held-out images of \(results.pairs.count) pairs of classes, each with "
        + "\(results.poisonCount) added training \(results.poisonCount == 1 ? "image" : "images"). Success: the target is "
        + "predicted as the base class. One clean network. Intervals: Student's, 95 %, over pairs of classes, none if all "
        + "values are equal; for a single pair in the figure Wilson's over its targets.",
      listing: TextTable.lines(findings.listing))
    exhibits.chart(
      "figures/success", "Success rate of the attack, and after the neighbour check.",
      alternative: "Success rates of all pairs and of each pair; the table has the numbers.", chart)
    exhibits.figure("figures/poisons.png", "Base, poison and target of the first attacks.") { strip }
    exhibits.table("collision.csv", "All attacks.", of: results.attacks, columns)
    exhibits.cite(.shafahi2018poison, .peri2020deep)
    return exhibits
  }

  private var columns: [TableColumn<Attack>] {
    [
      TableColumn("pair") { $0.pair },
      TableColumn("base", article: "base") { results.classNames[$0.base] },
      TableColumn("target", article: "target") { results.classNames[$0.target] },
      TableColumn("target_image", article: "image") { $0.targetImage },
      TableColumn("success", article: "success") { $0.success },
      TableColumn("control_success", article: "control") { $0.controlSuccess },
      TableColumn("checked_success", article: "after check") { $0.checkedSuccess },
      TableColumn("start_distance") { $0.startDistance },
      TableColumn("feature_distance", article: "feature distance") { $0.featureDistance },
      TableColumn("nearest_base") { $0.nearestBase },
      TableColumn("pixel_distance", article: "pixel distance") { $0.baseDistance },
      TableColumn("target_pixel_distance") { $0.targetDistance },
      TableColumn("removed_poisons") { $0.removedPoisons },
      TableColumn("removed_clean") { $0.removedClean },
      TableColumn("removed_class") { $0.removedClass.map { results.classNames[$0] } ?? "" },
      TableColumn("training_images") { $0.trainingCount },
    ] + .counted("error") { $0.error } + .counted("checked_error") { $0.checkedError }
  }

  // MARK: Figures

  var chart: Chart {
    let rows: [(name: String, role: Chart.Role, isHit: (Attack) -> Bool?)] = [
      ("poisons", .neurons, { $0.success }), ("starting images instead", .control, { $0.controlSuccess }),
      ("poisons, after the neighbour check", .random, { $0.checkedSuccess }),
    ]
    let all = rows.map { row -> Chart.Rate in
      let mean = MeanWithInterval(results.shares(row.isHit))?.ofShares
      return Chart.Rate(
        name: row.name, role: row.role, share: .hits(results.attacks, row.isHit), mean: mean?.mean,
        interval: mean?.range)
    }
    let pairs = results.pairs.filter { !$0.attacks.isEmpty }.map { pair in
      Chart.RateGroup(
        name: "\(results.classNames[pair.target]) as \(results.classNames[pair.base])",
        rows: rows.map {
          Chart.Rate(name: $0.name, role: $0.role, share: .hits(pair.attacks, $0.isHit))
        })
    }
    return Chart.successRates(
      caption: provenance.caption(
        "Targets predicted as the base class",
        "\(results.victimWords); \(results.poisonWords) for each target, rounded to 8 bits. Targets: held-out images that a "
          + "victim without poison classifies correctly. All pairs: mean over \(results.shares { $0.success }.count) pairs of "
          + "classes with Student's 95 % interval, none if all are equal. Single pairs: Wilson's 95 % interval over the "
          + "targets, for this victim and network."),
      groups: [Chart.RateGroup(name: "all pairs", rows: all)] + pairs,
      legend: [(.neurons, "poisons"), (.control, "starting images"), (.random, "after the check")],
      axis: "targets predicted as the base class")
  }

  private var strip: ImageStrip {
    let pairs = results.pairs.filter { !$0.shown.isEmpty }.prefix(Self.shownPairs)
    let tiles = (0..<3).flatMap { row in
      pairs.map { pair in
        let first = pair.attacks[0]
        let caption = [
          "base", Numbers.threeDigits(first.featureDistance), first.success ? "success" : "failure",
        ][row]
        return ContactSheet.Tile(
          image: Bitmap(pair.shown[row], of: shape), caption: caption,
          classIndex: row == 2 ? pair.target : pair.base)
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        "Clean-label poisons",
        "The first attack on each of \(pairs.count) pairs of classes. Top: an image of the base class. Middle: the poison made "
          + "from it, which keeps its label, with its distance from the target's features"
          + (results.poisonCount == 1 ? "" : " (mean over \(results.poisonCount) poisons)")
          + ". Bottom: the target, a held-out image, and whether it is predicted as the base class. Border and tag: the "
          + "label."),
      classNames: results.classNames, tiles: tiles, columnCount: max(pairs.count, 1))
  }
}

extension Proportion {
  /// Attacks that are hits, of those for which this is defined.
  static func hits(
    _ attacks: [CollisionExperiment.Attack], _ isHit: (CollisionExperiment.Attack) -> Bool?
  ) -> Proportion {
    let hits = attacks.compactMap(isHit)
    return Proportion(hits.count { $0 }, of: hits.count)
  }
}

extension CollisionExperiment.Results {
  var victimWords: String {
    switch victim {
    case .transfer(let count, let decay):
      "Last layer retrained on frozen features: logistic regression (λ = \(Numbers.threeDigits(decay))) on \(count) images of "
        + "each of two classes"
    case .endToEnd(let training):
      "All layers retrained for \(training.epochCount) epochs from the weights of the clean network"
    }
  }

  var poisonWords: String {
    (poisonCount == 1 ? "one poison" : "\(poisonCount) poisons")
      + (watermark > 0 ? " with a watermark of \(Numbers.plainPercent(watermark))" : "")
  }
}
