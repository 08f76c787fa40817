import Figures
import Foundation
import Lab
import Tensors

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
        "Proportion of questions answered correctly", results, finding: results.verdict.wording,
        basis: questions),
      rows: rows, reference: (0.5, "chance"), range: 0...1, axis: "proportion correct")
  }

  private func ratings(_ results: StudyResults) -> Chart? {
    let rows = estimates(results, .rating, [.neurons, .randomDirections, .randomImages])
    guard !rows.isEmpty else { return nil }
    let told = results.estimate(.discrimination, .difference)?.value.map {
      String(format: "AUC of ratings, neurons vs random directions: %.2f (chance 0.50)", $0)
    }
    return .estimates(
      caption: caption(
        "Do the \(design.sheetImageCount) images of a sheet have something in common?", results,
        finding: told,
        basis:
          "Each participant rates \(design.sheetsPerKind) sheets of neurons, as many of random directions and "
          + "\(design.randomSheetCount) of random images, in random order and unlabelled."),
      rows: rows, reference: nil, range: 1...5,
      axis: "mean rating (1: nothing in common, 5: clearly one thing)")
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
        "Difference in proportion correct, by participant", results, finding: results.verdict.wording,
        basis: questions
          + (left > 0 ? " \(left) further participants are included in the mean but not drawn." : "")),
      networks: Array(rows.prefix(Self.rowLimit)),
      mean: Chart.Estimate(
        name: "all \(rows.count)", value: effect,
        interval: results.verdict.interval.map { $0.lower...$0.upper }),
      margin: design.margin, axis: "proportion correct: neurons − random directions")
  }

  private var questions: String {
    "\(design.directionsPerKind) neurons and as many random directions; one question about each per participant, "
      + "\(design.referenceCount) reference images per group, \(design.negatives.words)."
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
        "\(basis) \(results.joinedCount) joined, \(results.finishedCount) finished, \(results.includedCount) included. "
          + "Intervals: 95 %, bootstrap over participants; they generalise to other participants, not to other "
          + "directions. seed \(design.seed) · Intrigue \(RunEnvironment.toolVersion)"
      ],
      text: [
        .init(key: "Key checksum", value: design.keyChecksum), .init(key: "Seed", value: String(design.seed)),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }
}
