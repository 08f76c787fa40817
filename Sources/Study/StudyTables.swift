import Escapes
import Foundation
import Storage
import Tensors

/// A study's results as files: CSV and LaTeX.
struct StudyTables {
  let analysis: StudyAnalysis
  let results: StudyResults

  /// A row for each answer, whether it counts or not.
  var answers: CSVWriter {
    var table = CSVWriter(columns: [
      "participant", "position", "part", "trial", "network", "kind", "direction", "question", "answer",
      "confidence", "right", "rating", "milliseconds", "answered_at", "counts",
    ])
    let counting = Set(analysis.records.filter(\.counts).map(\.participant.number))
    for (participant, judged) in analysis.answers {
      let answer = judged.answer
      let isSheet = judged.part == .sheet
      table.append([
        participant.pseudonym, answer.position, judged.part.rawValue, answer.trial,
        judged.direction.map { analysis.design.networks[$0.network].name },
        judged.direction?.kind.rawValue, judged.direction?.name, judged.question,
        isSheet ? "" : StudyAnswer.isLeft(answer.value) ? "left" : "right",
        isSheet ? nil : StudyAnswer.confidence(answer.value), judged.isRight,
        isSheet ? answer.value : nil, answer.milliseconds, Self.time(answer.answeredAt),
        counting.contains(participant.number),
      ])
    }
    return table
  }

  var participants: CSVWriter {
    var table = CSVWriter(columns: [
      "participant", "joined_at", "answers", "counts", "reasons", "instruction_seconds", "question_seconds",
      "practice_right", "practice_of", "control_right", "control_of", "left", "right", "neurons_right",
      "neurons_of",
      "random_directions_right", "random_directions_of", "median_milliseconds_neurons",
      "median_milliseconds_random_directions",
    ])
    for record in analysis.records {
      let (neurons, random) = (record.sums[.neuron] ?? .init(), record.sums[.randomDirection] ?? .init())
      table.append([
        record.participant.pseudonym, Self.time(record.participant.joinedAt), record.answerCount,
        record.counts,
        record.reasons.map(\.rawValue).joined(separator: "; "),
        record.instructionSeconds.map(Self.seconds),
        record.questionSeconds.map(Self.seconds), record.practiceRight.count,
        record.practiceRight.total,
        record.catchRight.count, record.catchRight.total, record.leftCount, record.rightCount, neurons.right,
        neurons.answered, random.right, random.answered,
        Statistics.median(neurons.milliseconds.map(Double.init)),
        Statistics.median(random.milliseconds.map(Double.init)),
      ])
    }
    return table
  }

  /// A row for each direction and set of random images, of the answers that count. Each is small: a direction has one
  /// answer of a participant.
  var directions: CSVWriter {
    var table = CSVWriter(columns: [
      "network", "kind", "direction", "right_count", "right_of", "right", "right_lower_95", "right_upper_95",
      "rating", "rating_of",
    ])
    let counting = Set(analysis.records.filter(\.counts).map(\.participant.number))
    let answers = Dictionary(
      grouping: analysis.answers.filter { counting.contains($0.participant.number) }.map(\.judged),
      by: \.directionNumber)
    for (number, direction) in analysis.key.directions.enumerated() {
      let own = answers[number] ?? []
      let choices = own.compactMap(\.isRight)
      let ratings = own.filter { $0.part == .sheet }.map(\.answer.value)
      let share = Proportion(choices.count { $0 }, of: choices.count)
      table.append([
        analysis.design.networks[direction.network].name, direction.kind.rawValue, direction.name,
        share.count,
        share.total, share.value, share.interval95?.lowerBound,
        share.interval95?.upperBound,
        ratings.isEmpty ? nil : Double(ratings.reduce(0, +)) / Double(ratings.count), ratings.count,
      ])
    }
    return table
  }

  /// Every estimate, with and without the exclusions.
  var estimates: CSVWriter {
    var table = CSVWriter(columns: [
      "participants", "participant_count", "measure", "group", "value", "lower_95", "upper_95", "answers",
    ])
    for (words, count, estimates) in [
      ("whose answers count", results.includedCount, results.estimates),
      ("all who finished", results.finishedCount, results.estimatesOfAllFinished),
    ] {
      for estimate in estimates {
        table.append([
          words, count, estimate.measure.rawValue, estimate.group.rawValue, estimate.value,
          estimate.interval?.lower, estimate.interval?.upper, estimate.answerCount,
        ])
      }
    }
    return table
  }

  /// A table with booktabs.
  var latex: String {
    func cell(_ measure: StudyEstimate.Measure, _ group: StudyEstimate.Group) -> String {
      guard let estimate = results.estimate(measure, group), let value = estimate.value else { return "--" }
      func number(_ value: Double) -> String {
        "$\(String(format: estimate.isSigned ? "%+.2f" : "%.2f", value))$"
      }
      let interval = estimate.interval.map { " [\(number($0.lower)), \(number($0.upper))]" } ?? ""
      return number(value) + interval
    }
    let rows: [(String, StudyEstimate.Measure, [StudyEstimate.Group])] = [
      ("share right (chance 0.5)", .right, [.neurons, .randomDirections, .difference]),
      ("confidence score (chance 0)", .confidence, [.neurons, .randomDirections, .difference]),
      ("rating of sheets, 1 to 5", .rating, [.neurons, .randomDirections, .difference]),
    ]
    var lines = [
      "% Needs the packages booktabs and graphicx.",
      "\\begin{table}", "  \\centering",
      "  \\caption{\(LaTeXText.escaped(results.caption))}", "  " + LaTeXText.fittingStart,
      "  \\begin{tabular}{lrrr}", "    \\toprule",
      "     & neurons & random directions & difference \\\\", "    \\midrule",
    ]
    lines += rows.map { name, measure, groups in
      "    \(LaTeXText.escaped(name)) & " + groups.map { cell(measure, $0) }.joined(separator: " & ")
        + " \\\\"
    }
    lines += [
      "    told apart by rating (chance 0.5) & \\multicolumn{3}{r}{\(cell(.discrimination, .difference))} \\\\",
      "    \\bottomrule", "  \\end{tabular}" + LaTeXText.fittingEnd, "\\end{table}",
    ]
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: Fields

  private static func seconds(_ value: Double) -> String { String(format: "%.3f", value) }

  static func time(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).ISO8601Format(.init(includingFractionalSeconds: true))
  }
}
