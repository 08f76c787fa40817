import Datasets
import Figures
import Foundation
import Lab
import Storage
import Tensors

/// Table, figures and sentences of `intrigue poison labels`.
struct LabelPoisonReport {
  typealias Results = LabelPoisonExperiment.Results
  typealias Outcome = LabelPoisonExperiment.Outcome

  let results: Results
  let provenance: PoisonProvenance

  func write(_ gallery: NeuronGallery, _ heldOut: LabelledImages, in folder: RunFolder) throws {
    try table.write(to: folder.file("labels.csv"))
    let figures = try folder.folder("figures")
    try errorChart.write(named: "error", in: figures.url)
    if let taken = takenChart {
      try taken.write(named: "taken", in: figures.url)
    } else {
      try figures.removeChart("taken")
    }
    try sheet(gallery).write(to: figures.file("neurons.png"))
  }

  var table: CSVWriter {
    var table = CSVWriter(
      columns: [
        "share", "repetition", "training_images", "flipped", "trimming", "dropped", "dropped_flipped",
      ]
        + CSVWriter.columns(counted: "error") + CSVWriter.columns(counted: "taken"))
    func row(
      _ outcome: Outcome, _ trimming: String, _ dropped: [any CSVValue],
      _ judged: LabelPoisonExperiment.Judged
    ) {
      table.append(
        [outcome.share, outcome.repetition, outcome.trainingCount, outcome.flipCount, trimming] + dropped
          + CSVWriter.fields(counted: judged.error)
          + (judged.taken.map { CSVWriter.fields(counted: $0) } ?? ["", "", "", "", ""]))
    }
    for outcome in results.outcomes {
      row(outcome, "none", [0, 0], outcome.plain)
      for trimmed in outcome.trimmed {
        row(
          outcome, trimmed.trimming.name, [trimmed.droppedCount, trimmed.droppedFlips], trimmed.judged)
      }
    }
    return table
  }

  // MARK: Figures

  private var shares: [Double] { Set(results.outcomes.map(\.share)).sorted() }

  private func curve(
    _ name: String, _ role: Chart.Role, _ share: (Outcome) -> Proportion?
  ) -> Chart.Line? {
    let points = shares.compactMap { x -> Chart.Point? in
      let values = results.outcomes.filter { $0.share == x }.compactMap(share)
      return MeanShare(values)?.point(at: 100 * x)
    }
    return points.isEmpty ? nil : Chart.Line(name: name, look: .role(role), points: points)
  }

  private func curves(_ share: (LabelPoisonExperiment.Judged) -> Proportion?) -> [Chart.Line] {
    let trimmings = results.outcomes.first?.trimmed.map(\.trimming) ?? []
    return [curve("trained on all images", .neurons) { share($0.plain) }].compactMap(\.self)
      + trimmings.enumerated().compactMap { place, trimming in
        curve("trimmed: \(trimming.words)", place == 0 ? .random : .other(place - 1)) { outcome in
          share(outcome.trimmed[place].judged)
        }
      }
  }

  var errorChart: Chart {
    Chart.lines(
      caption: provenance.caption(
        title: "Held-out error against the share of wrong labels",
        subtitle: "\(Self.pattern(results)). \(Self.sample(results)) \(Self.intervals(results))"),
      lines: curves { $0.error }, across: .init("flipped labels, % of \(Self.candidates(results))"),
      up: .init("held-out error, %"))
  }

  var takenChart: Chart? {
    guard let pair = results.pair else { return nil }
    let lines = curves { $0.taken }
    guard !lines.isEmpty else { return nil }
    return Chart.lines(
      caption: provenance.caption(
        title: "Images of \(pair[0]) that are called \(pair[1])",
        subtitle:
          "\(Self.pattern(results)). Share of the held-out images of \(pair[0]), "
          + "\(results.outcomes.first?.plain.taken?.total ?? 0) in all. \(Self.intervals(results))"),
      lines: lines, across: .init("flipped labels, % of \(Self.candidates(results))"),
      up: .init("called \(pair[1]), %"))
  }

  private func sheet(_ gallery: NeuronGallery) -> ContactSheet {
    let changed =
      results.pair == nil
      ? "\(PoisonWords.percent(shares.last ?? 0)) of labels flipped" : Self.flipped(shares.last ?? 0, results)
    return gallery.sheet(
      caption: provenance.caption(
        title: "The neurons that wrong labels changed most",
        subtitle:
          "Top \(NeuronGallery.topCount) of \(results.heldOutCount) held-out images, same initial weights; frames: true "
          + "class. z of a class: how far its mean stands from the mean of all, in deviations; the class whose z moved "
          + "most."),
      name: "z",
      titles: ("trained on right labels", "trained with \(changed)"))
  }

  // MARK: Words

  static func sentences(_ results: Results) -> [String] {
    let shares = Set(results.outcomes.map(\.share)).sorted()
    guard let first = shares.first, let last = shares.last else { return [] }
    func outcomes(_ share: Double) -> [Outcome] { results.outcomes.filter { $0.share == share } }
    func mean(_ shares: [Proportion?]) -> String {
      MeanShare(shares.compactMap(\.self))?.words ?? "unknown"
    }
    let networks = results.repetitions == 1 ? "one network" : "mean of \(results.repetitions) networks"
    var sentences = [
      "\(pattern(results)); \(results.trainingCount) training images, error on \(results.heldOutCount) held-out ones, "
        + "\(networks), 95 % interval: "
        + shares.map { share in
          "\(flipped(share, results)): \(mean(outcomes(share).map(\.plain.error)))"
        }.joined(separator: "; ")
    ]
    if let pair = results.pair {
      sentences.append(
        "held-out images of \(pair[0]) called \(pair[1]), of \(results.outcomes[0].plain.taken?.total ?? 0), by the share of "
          + "training images of \(pair[0]) labelled \(pair[1]): "
          + shares.map { "\(PoisonWords.percent($0)): \(mean(outcomes($0).map(\.plain.taken)))" }
          .joined(separator: "; "))
    }
    for (place, trimming) in (results.outcomes.first?.trimmed.map(\.trimming) ?? []).enumerated() {
      let rows = outcomes(last).map { $0.trimmed[place] }
      let dropped = rows.reduce(0) { $0 + $1.droppedCount }
      let right = rows.reduce(0) { $0 + $1.droppedFlips }
      let flips = outcomes(last).reduce(0) { $0 + $1.flipCount }
      let price = outcomes(first).map { $0.trimmed[place] }
      sentences.append(
        "trimming \(trimming.words): with \(flipped(last, results)) error "
          + "\(mean(rows.map(\.judged.error))); \(right) of \(dropped) dropped images were flipped, of \(flips) "
          + "flipped ones; with right labels it drops \(price.reduce(0) { $0 + $1.droppedCount }) of "
          + "\(results.trainingCount * price.count) and leaves error \(mean(price.map(\.judged.error))), without "
          + "trimming \(mean(outcomes(first).map(\.plain.error)))")
    }
    return sentences
  }

  private static func pattern(_ results: Results) -> String {
    results.pair.map { "Labels of \($0[0]) changed to \($0[1])" }
      ?? "Random labels changed to a random other class"
  }

  /// `50 % flipped`, `50 % of the images of 4 labelled 9`
  private static func flipped(_ share: Double, _ results: Results) -> String {
    PoisonWords.percent(share)
      + (results.pair.map { " of the images of \($0[0]) labelled \($0[1])" } ?? " flipped")
  }

  private static func candidates(_ results: Results) -> String {
    results.pair.map { "the images of \($0[0])" } ?? "all"
  }

  private static func sample(_ results: Results) -> String {
    "\(results.trainingCount) training images, \(results.heldOutCount) held-out ones with right labels."
  }

  private static func intervals(_ results: Results) -> String {
    results.repetitions == 1
      ? "One network for each point, so no interval."
      : PoisonWords.intervals(results.repetitions, of: "networks with other seeds and other flips")
  }
}

extension LabelPoisonExperiment.Trimming {
  /// In tables.
  package var name: String {
    switch self {
    case .known: "known"
    case .estimated: "estimated"
    case .share(let share): "\(share)"
    }
  }

  package var words: String {
    switch self {
    case .known: "as many as were flipped"
    case .estimated: "as many as training errors"
    case .share(let share): "\(PoisonWords.percent(share)) of the images"
    }
  }
}
