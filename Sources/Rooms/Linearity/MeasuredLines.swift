import Datasets
import Lab
import Networks
import Tensors

extension LinearityExperiment {
  enum Direction: String, Codable, CaseIterable, Sendable {
    /// sign ∇ₓL(x, y)
    case gradient
    /// Independent random signs.
    case random
  }

  /// R² of piecewise-linear fits to the logits on |ε| ≤ `range`.
  struct ExplainedShares: Codable, Equatable, Sendable {
    var range: Double
    /// One mean for each of the configuration's piece counts.
    var byPieces: [MeanWithInterval]
  }

  /// The measurements of all images along one direction.
  struct LineSummary: Codable, Equatable, Sendable {
    var direction: Direction
    /// On the whole line and, if it is longer than ±1, on |ε| ≤ 1, where clipped pixels still change.
    var explained: [ExplainedShares]
    /// The ends of the region around ε = 0 in which the prediction is correct.
    var lowerReach: Quartiles
    var upperReach: Quartiles
    /// The number of regions that reach the end of the range on that side and may be wider; they count as ending there.
    var lowerOpenCount: Int
    var upperOpenCount: Int
  }

  /// The relative error of the linear approximation at one ε.
  struct LocalRow: Codable, Equatable, Sendable {
    var direction: Direction
    var epsilon: Double
    /// nil if no logit changed for any image.
    var error: Quartiles?
  }
}

/// The logits of all measured images along both directions.
struct MeasuredLines {
  struct Row {
    /// The number of the held-out image.
    let image: Int
    let label: Int
    let direction: LinearityExperiment.Direction
    /// R² with 1, 2, … segments, for each range.
    let explained: [[Double]]
    let region: CorrectRegion
  }

  let rows: [Row]
  let zeroGradientCount: Int
  /// The largest |ε| of the whole line and of its visible part.
  let ranges: [Double]
  private let images: Tensor
  /// In the order of `LinearityExperiment.Direction.allCases`.
  private let directions: [Tensor]
  private let pieceCounts: [Int]

  /// - Parameter numbers: Held-out images that the network classifies correctly.
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
      try progress(.stage("computing logits of \(numbers.count) images along \(direction.words)"))
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
        Row(
          image: numbers[$0], label: labels[$0], direction: direction, explained: shares[$0],
          region: regions[$0])
      }
    }
    self.images = images
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

  /// The error of the linear approximation along both directions.
  func localRows(epsilons: [Double], _ classifier: some DifferentiableClassifier) throws
    -> [LinearityExperiment.LocalRow]
  {
    let errors = try LocalLinearity.errors(
      images: images, directions: directions, epsilons: epsilons, classifier: classifier)
    return zip(LinearityExperiment.Direction.allCases, errors).flatMap { direction, byEpsilon in
      zip(epsilons, byEpsilon).map { epsilon, values in
        LinearityExperiment.LocalRow(
          direction: direction, epsilon: epsilon, error: Quartiles(values.compactMap(\.self)))
      }
    }
  }
}
