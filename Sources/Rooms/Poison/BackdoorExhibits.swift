import Datasets
import Figures
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// What `intrigue poison backdoor` leaves to read and to look at.
struct BackdoorExhibits {
  typealias Results = BackdoorExperiment.Results
  typealias Outcome = BackdoorExperiment.Outcome

  let results: Results
  let provenance: PoisonProvenance
  let evidence: BackdoorExperiment.Evidence
  let material: BackdoorExperiment.Material

  private static let shownExamples = 8

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "A backdoor", findings: results.sentences,
      basis:
        "n = \(results.trainingCount) training images, a share of which carries a trigger and the label \(results.target); "
        + "success on held-out images that are not of that class, error on all \(results.heldOutCount) without a trigger. "
        + "\(results.repetitions) networks for each share; intervals: Student's, 95 %, over networks.")
    exhibits.chart(
      "figures/success", "Success and clean error against the share of poisoned images.",
      alternative: "Curves; the numbers are in the table.", chart)
    exhibits.figure(
      "figures/examples.png",
      "Held-out images without the trigger and with it, and what a poisoned network says."
    ) { try examples() }
    exhibits.figure(
      "figures/neurons.png", "The neurons that answer most to the trigger, before and after."
    ) { sheet }
    exhibits.table("backdoor.csv", "The networks one by one.", of: results.outcomes, columns)
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

  private var shares: [Double] { Set(results.outcomes.map(\.share)).sorted() }

  private func line(_ name: String, _ role: Chart.Role, _ share: (Outcome) -> Proportion) -> Chart.Line? {
    // A logarithmic axis has no 0; the caption says what was measured there.
    let points = shares.filter { $0 > 0 }.compactMap { x in
      MeanShare(results.outcomes.filter { $0.share == x }.map(share))?.point(at: 100 * x)
    }
    return points.isEmpty ? nil : Chart.Line(name: name, look: .role(role), points: points)
  }

  var chart: Chart {
    let clean = results.outcomes.filter { $0.share == 0 }
    let baseline =
      "Without poison: \(MeanShare(clean.map(\.judged.success))?.words ?? "unknown") and "
      + "\(MeanShare(clean.map(\.judged.error))?.words ?? "unknown")."
    let lines = [
      line("with the trigger: called \(results.target)", .neurons) { $0.judged.success },
      line("with the trigger, flagged images left out", .other(0)) {
        ($0.repaired ?? $0.judged).success
      },
      line("without the trigger: error", .random) { $0.judged.error },
    ].compactMap(\.self)
    // Only share 0 was asked for: then that is what there is to show.
    let shown =
      lines.isEmpty
      ? [
        Chart.Line(
          name: "with the trigger: called \(results.target)", look: .role(.neurons),
          points: [MeanShare(clean.map(\.judged.success))?.point(at: 0) ?? .init(x: 0, value: 0)])
      ] : lines
    return Chart.lines(
      caption: provenance.caption(
        title: "A backdoor: \(Self.words(results.trigger))",
        subtitle:
          "\(results.outcomes[0].judged.success.total) held-out images that are not of class \(results.target), with the "
          + "trigger; error on all \(results.heldOutCount) without it. \(baseline) \(intervals)"),
      lines: shown,
      across: .init(
        "poisoned images, % of \(results.trainingCount)", isLogarithmic: !lines.isEmpty,
        places: lines.isEmpty ? nil : shares.filter { $0 > 0 }.map { 100 * $0 }),
      up: .init("% of images"))
  }

  private var intervals: String {
    results.repetitions == 1
      ? "One network for each point, so no interval."
      : PoisonWords.intervals(results.repetitions, of: "networks with other seeds and other poisons")
  }

  private func examples() throws -> ImageStrip {
    let (heldOut, target) = (material.dataset.heldOut, material.target)
    let shown = Array(
      heldOut.labels.indices.lazy.filter { heldOut.labels[$0] != target }.prefix(Self.shownExamples))
    let tiles = try [heldOut, material.trigger.applied(to: heldOut, rows: shown)].flatMap { images in
      let chosen = images.selecting(shown)
      return try zip(shown.indices, Prediction.rows(of: evidence.poisoned.logits(of: chosen))).map {
        place, said in
        ContactSheet.Tile(
          image: chosen.bitmap(place), caption: Numbers.percent(said.confidence), classIndex: said.label,
          isMisclassified: said.label != chosen.labels[place])
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        title: "Held-out images without the trigger, and with it",
        subtitle:
          "The first \(shown.count) that are not of class \(results.target). Frame and letter: what a network says that "
          + "was trained with \(PoisonWords.percent(shares.last ?? 0)) of its images poisoned, and how sure it is."
      ),
      classNames: heldOut.classNames, tiles: tiles, columnCount: max(shown.count, 1))
  }

  private var sheet: ContactSheet {
    let gallery = evidence.gallery
    return gallery.sheet(
      caption: provenance.caption(
        title: "The neurons that answer most to the trigger",
        subtitle:
          "Top \(NeuronGallery.topCount) of \(results.heldOutCount) held-out images, of which "
          + "\(gallery.isTriggered.count { $0 }) drawn at random carry the trigger; same initial weights; frames: true "
          + "class. d: what the trigger adds on average, in deviations of the neuron over clean images."),
      name: "d",
      titles: (
        "trained on clean images", "trained with \(PoisonWords.percent(shares.last ?? 0)) poisoned"
      ))
  }

  // MARK: Words

  static func words(_ trigger: Trigger.Kind) -> String {
    switch trigger {
    case .patch(let side): "a checkered white patch of \(side) × \(side) pixels"
    case .blend(let opacity): "noise over the whole image with opacity \(Numbers.threeDigits(opacity))"
    }
  }

  static func sentences(_ results: Results) -> [String] {
    let shares = Set(results.outcomes.map(\.share)).sorted()
    func outcomes(_ share: Double) -> [Outcome] { results.outcomes.filter { $0.share == share } }
    func mean(_ shares: [Proportion]) -> String { MeanShare(shares)?.words ?? "unknown" }
    let networks = results.repetitions == 1 ? "one network" : "mean of \(results.repetitions) networks"
    var sentences = [
      "\(words(results.trigger)), \(results.changedPixels[0]) of \(results.changedPixels[1]) pixel values; target "
        + "\(results.target); \(networks), 95 % interval. Held-out images with the trigger called \(results.target), of "
        + "\(results.outcomes[0].judged.success.total): "
        + shares.map { share in
          let count = outcomes(share).first?.poisonCount ?? 0
          return
            "\(count) of \(results.trainingCount) poisoned: \(mean(outcomes(share).map(\.judged.success)))"
        }.joined(separator: "; "),
      "error without the trigger, of \(results.heldOutCount): "
        + shares.map {
          "\(PoisonWords.percent($0)) poisoned: \(mean(outcomes($0).map(\.judged.error)))"
        }.joined(separator: "; "),
    ]
    for share in shares {
      let rows = outcomes(share)
      func sum(_ count: (Outcome) -> Int) -> Int { rows.reduce(0) { $0 + count($1) } }
      let (poisons, flagged, right) = (sum(\.poisonCount), sum(\.flaggedCount), sum(\.flaggedPoisons))
      let cleanCount = sum(\.trainingCount) - poisons
      let repaired = rows.map { $0.repaired ?? $0.judged }
      sentences.append(
        "activation clustering with \(PoisonWords.percent(share)) poisoned: flagged \(right) of \(poisons) poisoned images "
          + "and \(flagged - right) of \(cleanCount) clean ones, over \(rows.count == 1 ? "one network" : "\(rows.count) networks"); without them "
          + "trigger success \(mean(repaired.map(\.success))), error \(mean(repaired.map(\.error)))")
    }
    // With share 0 alone both networks are the same one.
    if let change = results.changes.first, let largest = shares.last, largest > 0 {
      sentences.append(
        "neuron \(change.neuron) answers most to the trigger: by \(Numbers.threeDigits(change.after)) deviations, in the "
          + "network trained on clean images by \(Numbers.threeDigits(change.before)); of its top "
          + "\(NeuronGallery.topCount) images \(change.triggeredAfter ?? 0) carry the trigger, there "
          + "\(change.triggeredBefore ?? 0)")
    }
    return sentences
  }
}
