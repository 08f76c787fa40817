import Figures
import Foundation
import Lab

/// The figures of a study.
struct StudyCharts {
  let design: StudyDesign

  struct Named {
    let name: String
    let chart: Chart
  }

  /// Those that there are answers for.
  func all(_ results: StudyResults, _ records: [ParticipantRecord]) -> [Named] {
    [
      shares(results).map { Named(name: "shares", chart: $0) },
      differences(results, records).map { Named(name: "differences", chart: $0) },
      ratings(results).map { Named(name: "ratings", chart: $0) },
    ].compactMap { $0 }
  }

  /// Rows of the differences at most: of more participants, the first.
  private static let rowLimit = 60

  private func estimates(
    _ results: StudyResults, _ measure: StudyEstimate.Measure, _ groups: [StudyEstimate.Group]
  ) -> [Chart.Estimate] {
    groups.compactMap { group in
      guard let estimate = results.estimate(measure, group), let value = estimate.value else { return nil }
      return Chart.Estimate(
        name: group.rawValue, value: value, interval: estimate.interval.map { $0.lower...$0.upper })
    }
  }

  private func shares(_ results: StudyResults) -> Chart? {
    let rows = estimates(results, .right, [.neurons, .randomDirections])
    guard !rows.isEmpty else { return nil }
    return .estimates(
      caption: caption(
        "Which image belongs to the others?", results, finding: results.verdict.wording, basis: questions),
      rows: rows, reference: (0.5, "chance"), range: 0...1, axis: "share of the questions answered rightly")
  }

  private func ratings(_ results: StudyResults) -> Chart? {
    let rows = estimates(results, .rating, [.neurons, .randomDirections, .randomImages])
    guard !rows.isEmpty else { return nil }
    let told = results.estimate(.discrimination, .difference)?.value.map {
      String(format: "neurons told from random directions by rating: %.2f (chance 0.50)", $0)
    }
    return .estimates(
      caption: caption(
        "Have the \(design.sheetImageCount) images of a sheet something in common?", results, finding: told,
        basis:
          "Each participant rates \(design.sheetsPerKind) sheets of neurons, as many of random directions and "
          + "\(design.randomSheetCount) of random images, mixed and not named."),
      rows: rows, reference: nil, range: 1...5, axis: "mean rating: 1 nothing in common, 5 clearly one thing")
  }

  private func differences(_ results: StudyResults, _ records: [ParticipantRecord]) -> Chart? {
    let rows = records.filter(\.counts).compactMap { record in
      StudyEstimates.difference(of: record).map {
        Chart.Estimate(name: record.participant.pseudonym, value: $0)
      }
    }
    guard !rows.isEmpty, let effect = results.verdict.effect else { return nil }
    let left = rows.count - Self.rowLimit
    return .forestPlot(
      caption: caption(
        "Are neurons easier to read than random directions?", results, finding: results.verdict.wording,
        basis: questions
          + (left > 0 ? " \(left) more participants are in the mean and not drawn." : "")),
      networks: Array(rows.prefix(Self.rowLimit)),
      mean: Chart.Estimate(
        name: "all \(rows.count)", value: effect,
        interval: results.verdict.interval.map { $0.lower...$0.upper }),
      margin: design.margin, axis: "share right on neurons − share right on random directions")
  }

  private var questions: String {
    "\(design.directionsPerKind) neurons and as many random directions; of each participant one question about each, "
      + "\(design.referenceCount) references a side, \(design.negatives.words)."
  }

  /// - Parameters:
  ///   - finding: In a few words; nil: none.
  ///   - basis: What was asked.
  private func caption(_ title: String, _ results: StudyResults, finding: String?, basis: String)
    -> FigureCaption
  {
    let data = Set(design.networks.map(\.dataName)).sorted().joined(separator: ", ")
    return FigureCaption(
      title: title,
      subtitle:
        "\(results.includedCount) participants, \(data), \(design.networks.map(\.name).joined(separator: ", "))"
        + (finding.map { " · \($0)" } ?? ""),
      footer: [
        "\(basis) \(results.joinedCount) joined, \(results.finishedCount) finished, answers of "
          + "\(results.includedCount) count. Intervals: 95 %, participants drawn with replacement; they speak of other "
          + "participants, not of other directions. seed \(design.seed) · Intrigue \(RunEnvironment.toolVersion)"
      ],
      text: [
        .init(key: "Key checksum", value: design.keyChecksum), .init(key: "Seed", value: String(design.seed)),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }
}
