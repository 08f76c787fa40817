import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// Smallest perturbations of an affine classifier, in closed form, with and without pixels that meet their bounds.
///
/// To cross the face between two classes,  Σ wᵢ rᵢ ≥ m  with w the difference of their weights and m their margin.
/// Pixel i helps by at most |wᵢ| times its room up to the bound that wᵢ points to. The nearest other class is the
/// nearest face, since crossing any changes the prediction.
struct AffineOracle {
  let classifier: LinearClassifier
  var bounds: ClosedRange<Double> = 0...1

  /// To the nearest class but `label`; infinite when the box holds no other.
  func distance(of pixels: ArraySlice<Float>, label: Int, in norm: Norm) -> Double {
    (0..<classifier.classCount).filter { $0 != label }
      .map { distance(of: pixels, from: label, to: $0, in: norm) }.min() ?? .infinity
  }

  /// To the face between two classes.
  func distance(of pixels: ArraySlice<Float>, from label: Int, to rival: Int, in norm: Norm) -> Double {
    var margin = Double(classifier.biases[label]) - Double(classifier.biases[rival])
    var steepness: [Double] = []
    var room: [Double] = []
    for (pixel, (own, other)) in zip(
      pixels, zip(classifier.weights[row: label], classifier.weights[row: rival]))
    {
      let slope = Double(other) - Double(own)
      margin -= slope * Double(pixel)
      steepness.append(abs(slope))
      room.append(slope > 0 ? bounds.upperBound - Double(pixel) : Double(pixel) - bounds.lowerBound)
    }
    guard zip(steepness, room).reduce(0, { $0 + $1.0 * $1.1 }) >= margin else { return .infinity }
    return switch norm {
    case .l0: Self.count(margin, zip(steepness, room).map { $0 * $1 })
    case .l1: Self.greedy(margin, steepness, room)
    case .l2: Self.water(margin, steepness, room, rising: steepness).squares.squareRoot()
    case .linf: Self.water(margin, steepness, room, rising: room.map { _ in 1 }).level
    }
  }

  /// Fewest pixels, the most helpful first.
  private static func count(_ margin: Double, _ gains: [Double]) -> Double {
    var (left, count) = (margin, 0.0)
    for gain in gains.sorted(by: >) where left > 0 {
      left -= gain
      count += 1
    }
    return count
  }

  /// The steepest pixel up to its bound, then the next.
  private static func greedy(_ margin: Double, _ steepness: [Double], _ room: [Double]) -> Double {
    var (left, length) = (margin, 0.0)
    for (slope, space) in zip(steepness, room).sorted(by: { $0.0 > $1.0 }) where left > 0 {
      let step = min(space, left / slope)
      left -= step * slope
      length += step
    }
    return length
  }

  /// |rᵢ| = min(λ · rising, room), at the λ that just crosses: by bisection.
  private static func water(
    _ margin: Double, _ steepness: [Double], _ room: [Double], rising: [Double]
  ) -> (level: Double, squares: Double) {
    func sizes(_ level: Double) -> [Double] { zip(rising, room).map { min(level * $0, $1) } }
    var (below, above) = (0.0, 1.0)
    while zip(sizes(above), steepness).reduce(0, { $0 + $1.0 * $1.1 }) < margin, above < 1e12 { above *= 2 }
    for _ in 0..<200 {
      let middle = (below + above) / 2
      let reach = zip(sizes(middle), steepness).reduce(0) { $0 + $1.0 * $1.1 }
      if reach < margin { below = middle } else { above = middle }
    }
    return (above, sizes(above).reduce(0) { $0 + $1 * $1 })
  }
}

@Suite struct AffineOracleTests {
  @Test("No random adversarial image is nearer than the closed form", arguments: Norm.allCases)
  func lowerBound(norm: Norm) throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 1, width: 3), classCount: 3, seed: 5)
    let batch = try AttackBatch.correct(count: 10, for: classifier, seed: 6)
    let oracle = AffineOracle(classifier: classifier)
    var generator = SeededGenerator(seed: 7)
    let candidates = Tensor(
      shape: [20_000, 1, 1, 3], elements: (0..<60_000).map { _ in Float(generator.uniform()) })
    let logits = try classifier.logits(of: candidates)
    for row in 0..<batch.count {
      let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: norm)
      var best = Double.infinity
      for candidate in 0..<candidates.count {
        let answer = logits[row: candidate]
        guard answer.firstIndex(of: answer.max()!)! - answer.startIndex != batch.labels[row] else { continue }
        let difference = zip(candidates[row: candidate], batch.images[row: row]).map {
          Double($0) - Double($1)
        }
        best = min(best, norm.length(of: difference))
      }
      #expect(best >= exact * (1 - 1e-6))
      // A cube of 20,000 points is dense enough to come near; a random point changes every pixel.
      if norm != .l0, exact.isFinite, exact > 0.1 { #expect(best < 1.5 * exact + 0.1) }
    }
  }
}
