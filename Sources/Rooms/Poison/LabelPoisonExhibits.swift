import Figures
import Lab
import Tensors

/// The findings, figures and table of `intrigue poison labels`.
struct LabelPoisonExhibits {
  typealias Results = LabelPoisonExperiment.Results
  typealias Outcome = LabelPoisonExperiment.Outcome
  typealias Judged = LabelPoisonExperiment.Judged

  let results: Results
  let provenance: Provenance
  let gallery: NeuronGallery

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Training on flipped labels", findings: results.sentences,
      basis:
        "n = \(results.trainingCount) training images, a share of which has a wrong label; error on \(results.heldOutCount) "
        + "held-out images with correct labels. \(results.sample.counted) for each share; intervals: Student's, 95 %, over "
        + "networks.",
      listing: TextTable.lines(listing))
    exhibits.chart(
      "figures/error", "Held-out error against the share of flipped labels.",
      alternative: "Curves of the held-out error with and without trimming; the table has the numbers.",
      errorChart)
    exhibits.chart(
      "figures/taken", "Held-out images of the first class predicted as the second.",
      alternative: "Curves of the share predicted as the second class; the table has the numbers.", takenChart
    )
    exhibits.figure(
      "figures/neurons.png", "The neurons that flipped labels changed most, before and after."
    ) { sheet }
    exhibits.table("labels.csv", "All networks.", of: rows, columns)
    exhibits.cite(.shen2019learning)
    return exhibits
  }

  // MARK: Table

  /// A network: the one trained on all images, or one of those retrained after trimming.
  private struct Row {
    let outcome: Outcome
    let trimming: String
    let dropped: Int
    let droppedFlips: Int
    let judged: Judged
  }

  private var rows: [Row] {
    results.outcomes.flatMap { outcome in
      [Row(outcome: outcome, trimming: "none", dropped: 0, droppedFlips: 0, judged: outcome.plain)]
        + outcome.trimmed.map {
          Row(
            outcome: outcome, trimming: $0.trimming.name, dropped: $0.droppedCount,
            droppedFlips: $0.droppedFlips, judged: $0.judged)
        }
    }
  }

  private var columns: [TableColumn<Row>] {
    [
      TableColumn("share", article: "flipped") { $0.outcome.share },
      TableColumn("repetition", article: "network") { $0.outcome.repetition },
      TableColumn("training_images") { $0.outcome.trainingCount },
      TableColumn("flipped") { $0.outcome.flipCount },
      TableColumn("trimming", article: "trimming") { $0.trimming },
      TableColumn("dropped", article: "dropped") { $0.dropped },
      TableColumn("dropped_flipped", article: "of them flipped") { $0.droppedFlips },
    ] + .counted("error", article: ("errors", "of", nil)) { $0.judged.error }
      + .counted("taken") { $0.judged.taken }
  }

  // MARK: Figures

  private func curve(_ name: String, _ role: Chart.Role, _ share: (Outcome) -> Proportion?) -> Chart.Line? {
    let points = results.shares.compactMap { x in
      MeanWithInterval(shares: results.outcomes(x).compactMap(share))?.percentPoint(at: 100 * x)
    }
    return points.isEmpty ? nil : Chart.Line(name: name, look: .role(role), points: points)
  }

  private func curves(_ share: (Judged) -> Proportion?) -> [Chart.Line] {
    [curve("trained on all images", .neurons) { share($0.plain) }].compactMap(\.self)
      + results.trimmings.enumerated().compactMap { place, trimming in
        curve("trimmed, \(trimming.words)", place == 0 ? .random : .other(place - 1)) { outcome in
          share(outcome.trimmed[place].judged)
        }
      }
  }

  private var across: Chart.Axis {
    Chart.Axis("flipped labels, % of \(results.pair.map { "the images of \($0[0])" } ?? "all")")
  }

  private var pattern: String {
    results.pair.map { "Labels of \($0[0]) flipped to \($0[1])." }
      ?? "Labels flipped to another class at random."
  }

  private var errorChart: Chart {
    Chart.lines(
      caption: provenance.caption(
        "Held-out error against the share of flipped labels",
        "\(pattern) \(results.trainingCount) training images; error on \(results.heldOutCount) held-out images with correct "
          + "labels. \(results.sample.caption)"),
      lines: curves { $0.error }, across: across, up: .init("held-out error, %"))
  }

  /// nil for random flips, and where no held-out image is of the first class.
  private var takenChart: Chart? {
    guard let pair = results.pair else { return nil }
    let lines = curves { $0.taken }
    guard !lines.isEmpty else { return nil }
    return Chart.lines(
      caption: provenance.caption(
        "Images of \(pair[0]) predicted as \(pair[1])",
        "\(pattern) Share of \(results.takenTotal) held-out images of \(pair[0]). \(results.sample.caption)"),
      lines: lines, across: across, up: .init("predicted as \(pair[1]), %"))
  }

  private var sheet: ContactSheet {
    gallery.sheet(
      caption: provenance.caption(
        "The neurons that flipped labels changed most",
        "Top \(NeuronGallery.topCount) of \(results.heldOutCount) held-out images; both networks started from the same weights. "
          + "Border: true class. z of a class: mean activation on the class minus mean activation on all images, in standard "
          + "deviations of the neuron; shown for the class whose z changed most."),
      name: "z",
      titles: ("trained on correct labels", "trained with \(results.flipped(results.shares.last ?? 0))"))
  }

  // MARK: Words

  private var listing: [[String]] {
    func cells(_ outcomes: [Outcome], _ share: (Judged) -> Proportion?) -> [String] {
      [Self.mean(outcomes.map { share($0.plain) })]
        + results.trimmings.indices.map { place in
          Self.mean(outcomes.map { share($0.trimmed[place].judged) })
        }
    }
    func headings(_ name: String) -> [String] {
      [name] + results.trimmings.map { "\(name), trimmed (\($0.name))" }
    }
    let taken = results.pair.map { headings("\($0[0]) as \($0[1])") } ?? []
    return [["flipped"] + headings("error") + taken]
      + results.shares.map { share in
        let outcomes = results.outcomes(share)
        return [Numbers.plainPercent(share)] + cells(outcomes) { $0.error }
          + (taken.isEmpty ? [] : cells(outcomes) { $0.taken })
      }
  }

  private static func mean(_ shares: [Proportion?]) -> String {
    MeanWithInterval(shares: shares.compactMap(\.self))?.percent ?? "undefined"
  }

  static func findings(_ results: Results) -> [String] {
    let clean = results.outcomes(0)
    guard let largest = results.shares.last, !clean.isEmpty else { return [] }
    let worst = results.outcomes(largest)
    /// The mean with the largest share of flips, if there are any, beside that with correct labels.
    func compared(_ condition: String, _ share: (Outcome) -> Proportion?) -> String {
      let correct = "\(mean(clean.map(share))) with correct labels"
      return largest == 0 ? correct : "\(mean(worst.map(share))) with \(condition) vs \(correct)"
    }
    var findings = [
      "Held-out error \(compared(results.flipped(largest)) { $0.plain.error }) (\(results.heldOutCount) images; "
        + "\(results.sample.words))."
        + (results.trimmings.isEmpty || largest == 0
          ? ""
          : " After trimming: "
            + results.trimmings.enumerated().map { place, trimming in
              "\(mean(worst.map { $0.trimmed[place].judged.error })) (\(trimming.words))"
            }.joined(separator: ", ") + ".")
    ]
    if let pair = results.pair {
      let condition =
        "\(Numbers.plainPercent(largest)) of the training images of \(pair[0]) labelled \(pair[1])"
      findings.append(
        "\(results.takenTotal) held-out images of \(pair[0]), predicted as \(pair[1]): "
          + "\(compared(condition) { $0.plain.taken }).")
    }
    for (place, trimming) in results.trimmings.enumerated() {
      func sum(_ outcomes: [Outcome], _ count: (Outcome) -> Int) -> Int {
        outcomes.reduce(0) { $0 + count($1) }
      }
      func dropped(_ outcomes: [Outcome]) -> Int { sum(outcomes) { $0.trimmed[place].droppedCount } }
      let found =
        largest == 0
        ? ""
        : "with \(results.flipped(largest)), \(sum(worst) { $0.trimmed[place].droppedFlips }) of \(dropped(worst)) dropped "
          + "images had a flipped label (\(sum(worst, \.flipCount)) labels were flipped, over \(results.sample.counted)); "
      findings.append(
        "Trimming, \(trimming.words): \(found)with correct labels, \(dropped(clean)) of \(sum(clean, \.trainingCount)) images "
          + "were dropped, and the error was \(mean(clean.map { $0.trimmed[place].judged.error })) vs "
          + "\(mean(clean.map(\.plain.error))) without trimming.")
    }
    return findings
  }
}

extension LabelPoisonExperiment.Results {
  fileprivate var shares: [Double] { Set(outcomes.map(\.share)).sorted() }
  fileprivate func outcomes(_ share: Double) -> [LabelPoisonExperiment.Outcome] {
    outcomes.filter { $0.share == share }
  }
  fileprivate var trimmings: [LabelPoisonExperiment.Trimming] {
    outcomes.first?.trimmed.map(\.trimming) ?? []
  }
  fileprivate var sample: MeanSample { MeanSample(repetitions, "network") }
  /// The number of held-out images of the first class of a targeted flip.
  fileprivate var takenTotal: Int { outcomes.first?.plain.taken?.total ?? 0 }

  /// `50 % of the labels flipped`, `50 % of the images of 4 labelled 9`
  fileprivate func flipped(_ share: Double) -> String {
    Numbers.plainPercent(share)
      + (pair.map { " of the images of \($0[0]) labelled \($0[1])" } ?? " of the labels flipped")
  }
}

extension LabelPoisonExperiment.Trimming {
  /// In tables.
  fileprivate var name: String {
    switch self {
    case .known: "known"
    case .estimated: "estimated"
    case .share(let share): "\(share)"
    }
  }

  fileprivate var words: String {
    switch self {
    case .known: "number of flips known"
    case .estimated: "number of flips estimated"
    case .share(let share): "\(Numbers.plainPercent(share)) of the images"
    }
  }
}
