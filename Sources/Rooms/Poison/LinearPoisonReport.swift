import Figures
import Foundation
import Images
import Lab
import Storage
import Tensors

/// Table, figures and sentences of `intrigue poison linear`.
struct LinearPoisonReport {
  typealias Results = LinearPoisonExperiment.Results
  typealias Outcome = LinearPoisonExperiment.Outcome

  let results: Results
  let classNames: [String]
  let shape: ImageShape
  let provenance: PoisonProvenance

  /// Of a pair's chart.
  static func chartName(_ pair: Int) -> String { "error-\(pair + 1)" }

  func write(in folder: RunFolder) throws {
    try table.write(to: folder.file("linear.csv"))
    let figures = try folder.folder("figures")
    for pair in results.pairs.indices {
      try chart(pair).write(named: Self.chartName(pair), in: figures.url)
    }
    // Of a run with more pairs.
    for pair in results.pairs.count... {
      guard figures.exists("\(Self.chartName(pair)).png") else { break }
      try figures.removeChart(Self.chartName(pair))
    }
    try strip.write(to: figures.file("points.png"))
  }

  var table: CSVWriter {
    var table = CSVWriter(
      columns: ["attacking", "attacked", "repetition", "points", "validation_loss", "trimmed_poisons"]
        + CSVWriter.columns(counted: "error") + CSVWriter.columns(counted: "flipped_error")
        + CSVWriter.columns(counted: "trimmed_error") + CSVWriter.columns(counted: "clean_trimmed_error"))
    func fields(_ error: Proportion?) -> [any CSVValue] {
      error.map { CSVWriter.fields(counted: $0) } ?? ["", "", "", "", ""]
    }
    for outcome in results.outcomes {
      for points in outcome.moved.indices {
        let row: [any CSVValue] = [
          results.pairs[outcome.pair][0], results.pairs[outcome.pair][1], outcome.repetition, points,
          outcome.losses[points], outcome.trimmedPoisons[points],
        ]
        table.append(
          row + CSVWriter.fields(counted: outcome.moved[points])
            + CSVWriter.fields(counted: outcome.flipped[points])
            + fields(outcome.trimmed[points]) + fields(outcome.price[points]))
      }
    }
    return table
  }

  // MARK: Figures

  func chart(_ pair: Int) -> Chart {
    let outcomes = results.outcomes.filter { $0.pair == pair }
    func line(_ name: String, _ role: Chart.Role, _ errors: (Outcome) -> [Proportion?]) -> Chart.Line? {
      let points = (outcomes.first?.moved.indices ?? 0..<0).compactMap { points in
        MeanShare(outcomes.compactMap { errors($0)[points] })?.point(at: Double(points))
      }
      return points.isEmpty ? nil : Chart.Line(name: name, look: .role(role), points: points)
    }
    let names = results.pairs[pair]
    return Chart.lines(
      caption: provenance.caption(
        title: "Poison points of class \(names[0]) against \(names[1])",
        subtitle:
          "Logistic regression (λ = \(Numbers.threeDigits(results.decay))) on \(results.trainingCount) points, moved by "
          + "\(results.validationCount) validation points; error on \(outcomes.first?.moved[0].total ?? 0) held-out images. "
          + (results.repetitions == 1
            ? "One draw, so no interval." : PoisonWords.intervals(results.repetitions, of: "draws")),
        results.standBesideThePaper
          ? [
            "Biggio, Nelson, Laskov (2012) print \(LinearPoisonExperiment.printed), for a support vector machine: another "
              + "model."
          ] : []),
      lines: [
        line("moved by the gradient", .neurons) { $0.moved },
        line("label flipped only", .control) { $0.flipped },
        line("moved, then as many points dropped", .random) { $0.trimmed },
        line("clean, as many points dropped", .other(0)) { $0.price },
      ].compactMap(\.self),
      across: .init("poison points", places: (outcomes.first?.moved.indices ?? 0..<1).map(Double.init)),
      up: .init("held-out error, %"))
  }

  private var strip: ImageStrip {
    let shown = results.pairs.indices.compactMap { pair in
      results.outcomes.first { $0.pair == pair && !$0.shown.isEmpty }
    }
    let tiles = [0, 1].flatMap { row in
      shown.map { outcome in
        ContactSheet.Tile(
          image: Bitmap(
            planar: outcome.shown[row], channels: shape.channels, height: shape.height, width: shape.width),
          caption: row == 0 ? "before" : "after",
          classIndex: classNames.firstIndex(of: results.pairs[outcome.pair][0]))
      }
    }
    return ImageStrip(
      caption: provenance.caption(
        title: "The first poison point",
        subtitle:
          "Of each pair, first draw: an image of the attacked class before it was moved, and after. Frame and letter: the "
          + "label that it carries."),
      classNames: classNames, tiles: tiles, columnCount: max(shown.count, 1))
  }

  // MARK: Words

  static func sentences(_ results: Results) -> [String] {
    results.pairs.enumerated().map { number, pair in
      let outcomes = results.outcomes.filter { $0.pair == number }
      let last = (outcomes.first?.moved.count ?? 1) - 1
      func mean(_ points: Int, _ errors: (Outcome) -> [Proportion?]) -> String {
        let known = outcomes.compactMap { errors($0)[points] }
        let missing = outcomes.count - known.count
        return (MeanShare(known)?.words ?? "unknown")
          + (missing == 0 ? "" : " (nothing left of a class in \(missing) of \(outcomes.count))")
      }
      let dropped = outcomes.reduce(0) { $0 + $1.trimmedPoisons[last] }
      return
        "\(pair[0]) against \(pair[1]), error on \(outcomes.first?.moved[0].total ?? 0) held-out images, mean of "
        + "\(outcomes.count) draws of \(results.trainingCount) training points: without poison \(mean(0, \.moved)); one "
        + "point moved \(mean(1, \.moved)), the same only flipped \(mean(1, \.flipped)); \(last) points moved "
        + "\(mean(last, \.moved)), flipped \(mean(last, \.flipped)); after dropping as many points of largest loss "
        + "\(mean(last, \.trimmed)), \(dropped) of \(last * outcomes.count) poisons among them; \(last) dropped of the clean "
        + "points \(mean(last, \.price))"
    }
      + (results.standBesideThePaper
        ? [
          "Biggio, Nelson, Laskov (2012) print \(LinearPoisonExperiment.printed), for a linear support vector machine; the "
            + "model here is logistic regression, so the numbers are not the same quantity"
        ] : [])
  }
}
