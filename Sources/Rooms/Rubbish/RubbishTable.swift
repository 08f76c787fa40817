import Storage
import Tensors

/// The table of `intrigue rubbish`; docs/rubbish.md names the columns.
enum RubbishTable {
  static func table(_ results: RubbishExperiment.Results) -> CSVWriter {
    var table = CSVWriter(columns: [
      "class", "name", "noise_images", "accepted", "accepted_lower_95", "accepted_upper_95",
      "steps", "before", "fooled", "fooled_lower_95", "fooled_upper_95", "gained", "mean_confidence",
      "zero_gradients",
    ])
    let count = results.noise.accepted.total
    for (label, outcome) in results.fooling.outcomes.enumerated() {
      let accepted = Proportion(results.noise.acceptedByClass[label], of: count)
      table.append(
        [label, results.classNames[label], count, accepted.count] + bounds(accepted)
          + [outcome.fooled.total, outcome.before.count, outcome.fooled.count] + bounds(outcome.fooled)
          + [outcome.gained.count, outcome.meanConfidence, outcome.zeroGradientCount])
    }
    return table
  }

  private static func bounds(_ proportion: Proportion) -> [any CSVValue] {
    guard let interval = proportion.interval95 else { return ["", ""] }
    return [interval.lowerBound, interval.upperBound]
  }
}
