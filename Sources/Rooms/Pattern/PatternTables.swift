import Lab
import Storage

/// The tables of `intrigue pattern`; docs/pattern.md names the columns.
enum PatternTables {
  static func write(
    _ materials: [PatternExperiment.Material], _ results: PatternExperiment.Results, classNames: [String],
    in folder: RunFolder
  ) throws {
    var spectrum = CSVWriter(columns: ["goal", "of", "count", "ring", "coefficients", "power", "density"])
    var components = CSVWriter(columns: ["goal", "components", "perturbations", "noise"])
    var pairs = CSVWriter(columns: ["goal", "label", "class", "prediction", "predicted_class", "images"])
    for material in materials {
      for (name, rings) in [
        ("perturbations", material.spectrum), ("images", material.imageSpectrum),
        ("noise", material.noiseSpectrum),
      ] {
        for ring in rings.powerShares.indices {
          spectrum.append([
            material.goal.rawValue, name, rings.count, ring, rings.coefficientShares[ring],
            rings.powerShares[ring], rings.densities[ring],
          ])
        }
      }
      for count in 1...material.components.shares.count {
        components.append([
          material.goal.rawValue, count, material.components.explained(by: count),
          material.noiseComponents.explained(by: count),
        ])
      }
      for (label, row) in material.set.pairMeans(classCount: classNames.count).enumerated() {
        for (prediction, cell) in row.enumerated() {
          guard let cell else { continue }
          pairs.append([
            material.goal.rawValue, label, classNames[label], prediction, classNames[prediction], cell.count,
          ])
        }
      }
    }
    try spectrum.write(to: folder.file("spectrum.csv"))
    try components.write(to: folder.file("components.csv"))
    try pairs.write(to: folder.file("pairs.csv"))
    try cosines(results).write(to: folder.file("cosines.csv"))
    try universal(results).write(to: folder.file("universal.csv"))
  }

  static func cosines(_ results: PatternExperiment.Results) -> CSVWriter {
    var table = CSVWriter(columns: [
      "goal", "of", "kind", "pairs", "images", "mean", "lower_95", "upper_95",
    ])
    for goal in results.goals {
      for (name, summaries) in [("perturbations", goal.cosines), ("noise", goal.noiseCosines)] {
        for summary in summaries {
          table.append([
            goal.goal.rawValue, name, summary.kind.rawValue, summary.pairCount, summary.cosine.count,
            summary.cosine.mean, summary.cosine.range?.lowerBound,
            summary.cosine.range?.upperBound,
          ])
        }
      }
    }
    return table
  }

  static func universal(_ results: PatternExperiment.Results) -> CSVWriter {
    let made = results.universal
    var table = CSVWriter(columns: ["of", "images", "fooled", "total"])
    table.append(["universal", "own", made.fooledOwn.count, made.fooledOwn.total])
    table.append(["universal", "held out", made.fooledHeldOut.count, made.fooledHeldOut.total])
    table.append(["noise", "held out", made.fooledByNoise.count, made.fooledByNoise.total])
    return table
  }
}
