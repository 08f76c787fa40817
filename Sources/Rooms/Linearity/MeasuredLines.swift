import Datasets
import Lab
import Networks
import Tensors

/// All measured images along both kinds of direction.
struct MeasuredLines {
  struct Row {
    package let image: Int
    package let direction: LinearityExperiment.Direction
    /// By 1, 2, … pieces, for each range.
    package let explained: [[Double]]
    let region: CorrectRegion
  }

  let images: Tensor
  let labels: [Int]
  /// In the order of `LinearityExperiment.Direction.allCases`.
  let directions: [Tensor]
  let rows: [Row]
  let zeroGradientCount: Int
  /// All of the line and its visible part.
  let ranges: [Double]
  private let pieceCounts: [Int]

  /// - Parameter numbers: Held-out images that the network gets right.
  init(
    _ source: LabelledImages, numbers: [Int], configuration: LinearityExperiment.Configuration,
    engine: Engine,
    progress: @escaping ProgressHandler
  ) throws {
    let images = source.tensor(of: numbers)
    let labels = numbers.map { source.labels[$0] }
    let gradient = try SignDirections.ofGradient(images, labels: labels, classifier: engine)
    let random = SignDirections.random(
      shape: images.shape, imageIDs: numbers, seed: configuration.seed, purpose: "signs of lines")
    let grids = LogitLines.grids(range: configuration.range, stepCount: configuration.stepCount)
    let limit = configuration.pieceCounts.max() ?? 1
    var rows: [Row] = []
    for (direction, signs) in zip(LinearityExperiment.Direction.allCases, [gradient, random]) {
      try progress(.stage("logits of \(numbers.count) images along \(direction.rawValue) signs"))
      let lines = try grids.map { grid in
        try LogitLines(
          images: images, directions: signs, labels: labels, epsilons: grid.epsilons, classifier: engine
        ) { try progress(.step(done: $0, total: numbers.count, unit: "images")) }
      }
      let regions = try CorrectRegion.regions(
        of: lines, images: images, directions: signs, classifier: engine)
      let shares = Workers.map(count: numbers.count, workerCount: engine.workerCount) { row in
        lines.map { $0.explainedShares(ofRow: row, pieceLimit: limit) }
      }
      rows += numbers.indices.map {
        Row(image: numbers[$0], direction: direction, explained: shares[$0], region: regions[$0])
      }
    }
    self.images = images
    self.labels = labels
    directions = [gradient, random]
    self.rows = rows
    zeroGradientCount = labels.indices.count { row in gradient[row: row].allSatisfy { $0 == 0 } }
    ranges = grids.map(\.range)
    pieceCounts = configuration.pieceCounts
  }

  var summaries: [LinearityExperiment.LineSummary] {
    LinearityExperiment.Direction.allCases.compactMap { direction in
      let rows = rows.filter { $0.direction == direction }
      guard let lower = Quartiles(rows.map(\.region.lower)), let upper = Quartiles(rows.map(\.region.upper))
      else { return nil }
      return LinearityExperiment.LineSummary(
        direction: direction,
        explained: ranges.enumerated().map { index, range in
          LinearityExperiment.ExplainedShares(
            range: range,
            byPieces: pieceCounts.compactMap { count in
              MeanWithInterval(rows.map { $0.explained[index][count - 1] })
            })
        },
        lowerReach: lower, upperReach: upper, lowerOpenCount: rows.count { $0.region.lowerIsOpen },
        upperOpenCount: rows.count { $0.region.upperIsOpen })
    }
  }
}
