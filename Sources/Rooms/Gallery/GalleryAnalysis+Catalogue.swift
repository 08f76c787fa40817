import Directions
import Lab
import Tensors

extension GalleryAnalysis {
  /// - Parameters:
  ///   - units: Numbers of the units, ascending.
  ///   - others: Other directions, and the features that they are ranked in.
  func catalogue(
    of units: [Int], beside others: (directions: DirectionSet, features: FeatureMatrix),
    _ chance: ChancePurity, _ progress: ProgressHandler
  ) throws -> [DirectionCatalogue.Entry] {
    try progress(.stage("describing \(units.count + others.directions.count) directions"))
    return try entries(
      of: .neurons(units, dimension: features.dimension), in: features, numbers: units, chance, progress)
      + entries(
        of: others.directions, in: others.features,
        numbers: others.directions.ids.map { Int($0.dropFirst()) ?? 0 }, chance, progress)
  }

  private func entries(
    of directions: DirectionSet, in features: FeatureMatrix, numbers: [Int], _ chance: ChancePurity,
    _ progress: ProgressHandler
  ) throws -> [DirectionCatalogue.Entry] {
    let isNeuron = directions.kind == .neurons
    let ranked = try ranked(directions, in: features, withStatistics: true, progress)
    return DirectionScores.map(of: features, along: directions, workerCount: workerCount) { place, scores in
      var row = row(ranked[place], chance)
      row.strata = strata(
        of: scores.values, isNeuron: isNeuron, number: numbers[place],
        drawing: DirectionCatalogue.drawnCount
      ).filter { $0.kind != .top && $0.kind != .random }
      return DirectionCatalogue.Entry(
        isNeuron: isNeuron, row: row, selectivity: ClassSelectivity(of: scores, in: labels), neighbours: [],
        sheet: 0, sheetRow: 0)
    }
  }
}
