import Adversarial
import Datasets
import Figures
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// The findings, figures and tables of `intrigue poison backdoor`.
struct BackdoorExhibits {
  typealias Results = BackdoorExperiment.Results
  typealias Outcome = BackdoorExperiment.Outcome

  let results: Results
  let provenance: Provenance
  let evidence: BackdoorExperiment.Evidence
  let material: BackdoorExperiment.Material

  private static let shownExamples = 8

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Backdoor attack and activation clustering", findings: results.sentences,
      basis:
        "n = \(results.trainingCount) training images, a share of which carries a trigger and the label \(results.target). "
        + "Success rate: held-out images of other classes that are predicted as \(results.target) when they carry the trigger; "
        + "error: on all \(results.heldOutCount) held-out images without the trigger. \(results.sample.counted) for each share; "
        + "intervals: Student's, 95 %, over networks.",
      listing: TextTable.lines(listing))
    exhibits.chart(
      "figures/success", "Attack success rate and clean error against the share of poisoned images.",
      alternative: "Curves of success rate and error; the table of networks has the numbers.", chart)
    exhibits.figure(
      "figures/examples.png",
      "Held-out images without and with the trigger, and their predictions by a poisoned network."
    ) { try examples() }
    exhibits.figure(
      "figures/neurons.png", "The neurons that respond most to the trigger, before and after poisoning."
    ) { sheet }
    exhibits.table("backdoor.csv", "All networks.", of: results.outcomes, columns)
    exhibits.table(
      "clusters.csv", "The clusters of every label.",
      of: results.outcomes.flatMap { outcome in outcome.labels.map { (outcome, $0) } }, clusterColumns)
    exhibits.cite(.gu2017badnets, .chen2018detecting)
    return exhibits
  }

  // MARK: Tables

  private var columns: [TableColumn<Outcome>] {
    [
      TableColumn("share", article: "poisoned") { $0.share },
      TableColumn("repetition", article: "network") { $0.repetition },
      TableColumn("training_images") { $0.trainingCount },
      TableColumn("poisoned") { $0.poisonCount },
      TableColumn("flagged", article: "flagged") { $0.flaggedCount },
      TableColumn("flagged_poisoned", article: "of them poisoned") { $0.flaggedPoisons },
    ] + .counted("error", article: ("errors", "of", nil)) { $0.judged.error }
      + .counted("success", article: ("success", "of", nil)) { $0.judged.success }
      + .counted("without_trigger") { $0.judged.withoutTrigger }
      + .counted("repaired_error") { $0.repaired?.error }
      + .counted("repaired_success") { $0.repaired?.success }
  }

  private var clusterColumns: [TableColumn<(outcome: Outcome, label: ActivationClustering.Label)>] {
    [
      TableColumn("share") { $0.outcome.share },
      TableColumn("repetition") { $0.outcome.repetition },
      TableColumn("class") { results.classNames[$0.label.label] },
      TableColumn("images") { $0.label.imageCount },
      TableColumn("smaller_cluster") { $0.label.smallerCount },
      TableColumn("silhouette") { $0.label.silhouette },
      TableColumn("suspicious") { $0.label.isSuspicious },
    ]
  }

  // MARK: Figures

  private func line(_ name: String, _ role: Chart.Role, _ share: (Outcome) -> Proportion) -> Chart.Line? {
    // A logarithmic axis has no 0; the caption gives the values there.
    let points = results.shares.filter { $0 > 0 }.compactMap { x in
      MeanWithInterval(shares: results.outcomes(x).map(share))?.percentPoint(at: 100 * x)
    }
    return points.isEmpty ? nil : Chart.Line(name: name, look: .role(role), points: points)
  }

  var chart: Chart {
    let clean = results.outcomes(0)
    let success = "with the trigger: predicted as \(results.target)"
    let lines = [
      line(success, .neurons) { $0.judged.success },
      line("with the trigger, retrained without flagged images", .other(0)) {
        ($0.repaired ?? $0.judged).success
      },
      line("without the trigger: error", .random) { $0.judged.error },
    ].compactMap(\.self)
    // With share 0 alone its value is all there is to show.
    let shown =
      lines.isEmpty
      ? [
        Chart.Line(
          name: success, look: .role(.neurons),
          points: [
            MeanWithInterval(shares: clean.map(\.judged.success))?.percentPoint(at: 0)
              ?? .init(x: 0, value: 0)
          ])
      ] : lines
    return Chart.lines(
      caption: provenance.caption(
        "Attack success rate of a backdoor: \(Self.words(results.trigger))",
        "Success rate on \(results.attackedCount) held-out images of other classes than \(results.target), with the trigger; "
          + "error on all \(results.heldOutCount) without it. Without poison: success rate "
          + "\(Self.mean(clean.map(\.judged.success))), error \(Self.mean(clean.map(\.judged.error))). "
          + results.sample.caption),
      lines: shown,
      across: .init(
        "poisoned images, % of \(results.trainingCount)", isLogarithmic: !lines.isEmpty,
        places: lines.isEmpty ? nil : results.shares.filter { $0 > 0 }.map { 100 * $0 }),
      up: .init("% of images"))
  }

  private func examples() throws -> ImageStrip {
    let (heldOut, target) = (material.dataset.heldOut, material.target)
    let shown = Array(
      heldOut.labels.indices.lazy.filter { heldOut.labels[$0] != target }.prefix(Self.shownExamples))
    let tiles = try [heldOut, material.trigger.applied(to: heldOut, rows: shown)].flatMap { images in
      let chosen = images.selecting(shown)
      return try zip(shown.indices, Prediction.rows(of: evidence.poisoned.logits(of: chosen))).map {
        place, predicted in
        ContactSheet.Tile(
          image: chosen.bitmap(place), caption: Numbers.percent(predicted.confidence),
          classIndex: predicted.label, isMisclassified: predicted.label != chosen.labels[place])
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        "Held-out images without and with the trigger",
        "The first \(shown.count) images of other classes than \(results.target). Border and tag: class predicted by a network "
          + "trained with \(Numbers.plainPercent(results.shares.last ?? 0)) of its images poisoned; percentage: its confidence."
      ),
      classNames: heldOut.classNames, tiles: tiles, columnCount: max(shown.count, 1))
  }

  private var sheet: ContactSheet {
    let gallery = evidence.gallery
    return gallery.sheet(
      caption: provenance.caption(
        "The neurons that respond most to the trigger",
        "Top \(NeuronGallery.topCount) of \(results.heldOutCount) held-out images, of which "
          + "\(gallery.isTriggered.count { $0 }), drawn at random, carry the trigger; both networks started from the same "
          + "weights. Border: true class. d: mean change of the activation by the trigger, in standard deviations of the "
          + "neuron over clean images."),
      name: "d",
      titles: (
        "trained on clean images",
        "trained with \(Numbers.plainPercent(results.shares.last ?? 0)) of the images poisoned"
      ))
  }

  // MARK: Words

  private static func words(_ trigger: Trigger.Kind) -> String {
    switch trigger {
    case .patch(let side): "a checkered white patch of \(side) × \(side) pixels"
    case .blend(let opacity): "noise over the whole image with opacity \(Numbers.threeDigits(opacity))"
    }
  }

  private static func mean(_ shares: [Proportion]) -> String {
    MeanWithInterval(shares: shares)?.percent ?? "undefined"
  }

  private var listing: [[String]] {
    [
      [
        "poisoned", "success rate", "error", "poisoned flagged", "clean flagged",
        "success rate after defence", "error after defence",
      ]
    ]
      + results.shares.map { share in
        let outcomes = results.outcomes(share)
        let (poisoned, clean) = Self.flagged(outcomes)
        let repaired = outcomes.map { $0.repaired ?? $0.judged }
        return [
          "\(outcomes.first?.poisonCount ?? 0) (\(Numbers.plainPercent(share)))",
          Self.mean(outcomes.map(\.judged.success)), Self.mean(outcomes.map(\.judged.error)), poisoned, clean,
          Self.mean(repaired.map(\.success)), Self.mean(repaired.map(\.error)),
        ]
      }
  }

  /// The numbers of flagged images, summed over networks: `195 of 300`, of the poisoned and of the clean ones.
  private static func flagged(_ outcomes: [Outcome]) -> (poisoned: String, clean: String) {
    func sum(_ count: (Outcome) -> Int) -> Int { outcomes.reduce(0) { $0 + count($1) } }
    let (poisons, found) = (sum(\.poisonCount), sum(\.flaggedPoisons))
    return (
      "\(found) of \(poisons)", "\(sum(\.flaggedCount) - found) of \(sum(\.trainingCount) - poisons)"
    )
  }

  static func findings(_ results: Results) -> [String] {
    let clean = results.outcomes(0)
    guard let largest = results.shares.last, !clean.isEmpty else { return [] }
    let worst = results.outcomes(largest)
    /// The mean with the largest share of poison, if there is any, beside that without.
    func compared(_ share: (Outcome) -> Proportion) -> String {
      let control = "\(mean(clean.map(share))) without poison"
      return largest == 0 ? control : "\(mean(worst.map(share))) vs \(control)"
    }
    let condition =
      largest == 0
      ? ""
      : " with \(Numbers.plainPercent(largest)) of the training images poisoned (\(worst.first?.poisonCount ?? 0) of "
        + "\(results.trainingCount))"
    var findings = [
      "Attack success rate\(condition): \(compared(\.judged.success)), on \(results.attackedCount) held-out images of other "
        + "classes than \(results.target) (\(results.sample.words)). Error on all \(results.heldOutCount) held-out images "
        + "without the trigger: \(compared(\.judged.error)).",
      "Trigger: \(words(results.trigger)), \(results.changedPixels[0]) of \(results.changedPixels[1]) pixel values; target "
        + "class \(results.target).",
    ]
    for share in Set([largest, 0]).sorted(by: >) {
      let outcomes = results.outcomes(share)
      let flagged = flagged(outcomes)
      let repaired = outcomes.map { $0.repaired ?? $0.judged }
      findings.append(
        share > 0
          ? "With \(Numbers.plainPercent(share)) poisoned, activation clustering flags \(flagged.poisoned) poisoned and "
            + "\(flagged.clean) clean images, over \(results.sample.counted); after retraining without them the success rate is "
            + "\(mean(repaired.map(\.success))) and the error \(mean(repaired.map(\.error)))."
          : "Cost of the defence: without poison it flags \(flagged.clean) images, and the error after retraining is "
            + "\(mean(repaired.map(\.error))) vs \(mean(outcomes.map(\.judged.error))) before.")
    }
    // With share 0 alone both networks are the same one.
    if let change = results.changes.first, largest > 0 {
      findings.append(
        "Neuron \(change.neuron) responds most to the trigger: the trigger changes its mean activation by "
          + "\(Numbers.threeDigits(change.after)) standard deviations, vs \(Numbers.threeDigits(change.before)) in the network "
          + "trained on clean images; \(change.triggeredAfter ?? 0) of its top \(NeuronGallery.topCount) images carry the "
          + "trigger, vs \(change.triggeredBefore ?? 0) there.")
    }
    return findings
  }
}

extension BackdoorExperiment.Results {
  fileprivate var shares: [Double] { Set(outcomes.map(\.share)).sorted() }
  fileprivate func outcomes(_ share: Double) -> [BackdoorExperiment.Outcome] {
    outcomes.filter { $0.share == share }
  }
  fileprivate var sample: MeanSample { MeanSample(repetitions, "network") }
  /// The number of held-out images that are not of the target class.
  fileprivate var attackedCount: Int { outcomes.first?.judged.success.total ?? 0 }
}
