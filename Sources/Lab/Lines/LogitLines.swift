import Networks
import Tensors

/// The logits of images along straight lines through them: x + ε d for ε on a grid, outside the pixel box as well.
public struct LogitLines: Sendable {
  /// Ascending, 0 in the middle.
  public let epsilons: [Double]
  /// `[steps, classes]` for each image.
  public let logits: [Tensor]
  package let labels: [Int]

  /// `stepCount` evenly spaced numbers from −range to range; an odd count, so that 0 is one of them.
  public static func grid(range: Double, stepCount: Int) -> [Double] {
    precondition(stepCount >= 3 && stepCount % 2 == 1, "a grid around 0 has an odd count, got \(stepCount)")
    let half = stepCount / 2
    return (-half...half).map { range * Double($0) / Double(half) }
  }

  /// Where the picture of an image still changes: beyond ±1 every clipped pixel is black or white.
  package static let visibleRange = 1.0

  /// Each range's own grid, the parts of a line that are looked at: all of it, and the visible part.
  package static func grids(range: Double, stepCount: Int) -> [(range: Double, epsilons: [Double])] {
    let ranges = range > visibleRange ? [range, visibleRange] : [range]
    return ranges.map { ($0, grid(range: $0, stepCount: stepCount)) }
  }

  /// - Parameters:
  ///   - images: `[count, channels, height, width]`.
  ///   - directions: d of each image, of the same shape.
  ///   - epsilons: Ascending.
  /// - Throws: What `classifier` and `progress` throw.
  public init(
    images: Tensor, directions: Tensor, labels: [Int], epsilons: [Double], classifier: some Classifier,
    progress: (_ imagesDone: Int) throws -> Void = { _ in }
  ) throws {
    self.epsilons = epsilons
    self.labels = labels
    let shape = [epsilons.count] + images.shape.dropFirst()
    logits = try labels.indices.map { row in
      let (image, direction) = (images[row: row], directions[row: row])
      let points = epsilons.flatMap { epsilon in
        zip(image, direction).map { Float(Double($0) + epsilon * Double($1)) }
      }
      let values = try classifier.logits(of: Tensor(shape: shape, elements: points))
      try progress(row + 1)
      return values
    }
  }

  /// The share of the logits' variance along the line of image `row` that at most 1, …, `pieceLimit` pieces explain.
  package func explainedShares(ofRow row: Int, pieceLimit: Int) -> [Double] {
    let values = logits[row]
    let curves = (0..<values.rowLength).map { column in
      (0..<values.count).map { Double(values.elements[$0 * values.rowLength + column]) }
    }
    return PiecewiseLinearFit.explainedShares(
      x: epsilons, curves: curves, pieceLimit: pieceLimit)
  }

  package func predictions(ofRow row: Int) -> [Int] { Prediction.rows(of: logits[row]).map(\.label) }
}

/// Where an image keeps its class along a line: around ε = 0, as far as the first change on either side.
package struct CorrectRegion: Codable, Equatable, Sendable {
  /// Not positive.
  package var lower: Double
  /// Not negative.
  package var upper: Double
  /// No change was met on that side: the region may be wider.
  package var lowerIsOpen: Bool
  package var upperIsOpen: Bool

  package var width: Double { upper - lower }
  var isOpen: Bool { lowerIsOpen || upperIsOpen }

  /// Looks at every point of `lines`, several grids over the same images, then halves the step in which the class changes
  /// `halvingCount` times. A change and return within one step is not seen.
  ///
  /// - Returns: One for each image. Its class at ε = 0 must be its label.
  package static func regions(
    of lines: [LogitLines], images: Tensor, directions: Tensor, halvingCount: Int = 6,
    classifier: some Classifier
  ) throws -> [CorrectRegion] {
    var sides: [(row: Int, isUpper: Bool, inside: Double, outside: Double)] = []
    var regions: [CorrectRegion] = []
    let labels = lines[0].labels
    for row in labels.indices {
      let points = lines.flatMap { line in
        zip(line.epsilons, line.predictions(ofRow: row)).map {
          (epsilon: $0.0, isRight: $0.1 == labels[row])
        }
      }.sorted { $0.epsilon < $1.epsilon }
      precondition(
        points.first { $0.epsilon == 0 }?.isRight == true,
        "image in row \(row) is not of its class to begin with")
      let above = points.first { $0.epsilon > 0 && !$0.isRight }?.epsilon
      let below = points.last { $0.epsilon < 0 && !$0.isRight }?.epsilon
      let lower = points.first { $0.epsilon > below ?? -.infinity }?.epsilon ?? 0
      let upper = points.last { $0.epsilon < above ?? .infinity }?.epsilon ?? 0
      regions.append(
        CorrectRegion(lower: lower, upper: upper, lowerIsOpen: below == nil, upperIsOpen: above == nil))
      if let above { sides.append((row, true, upper, above)) }
      if let below { sides.append((row, false, lower, below)) }
    }
    for _ in 0..<halvingCount where !sides.isEmpty {
      let points = sides.flatMap { side in
        let epsilon = (side.inside + side.outside) / 2
        return zip(images[row: side.row], directions[row: side.row]).map {
          Float(Double($0) + epsilon * Double($1))
        }
      }
      let shape = [sides.count] + images.shape.dropFirst()
      let predictions = Prediction.rows(
        of: try classifier.logits(of: Tensor(shape: shape, elements: points)))
      for index in sides.indices {
        let epsilon = (sides[index].inside + sides[index].outside) / 2
        if predictions[index].label == labels[sides[index].row] {
          sides[index].inside = epsilon
        } else {
          sides[index].outside = epsilon
        }
      }
    }
    for side in sides {
      let edge = (side.inside + side.outside) / 2
      if side.isUpper { regions[side.row].upper = edge } else { regions[side.row].lower = edge }
    }
    return regions
  }
}
