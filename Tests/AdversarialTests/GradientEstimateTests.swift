import Tensors
import Testing

@testable import Adversarial

@Suite struct GradientEstimateTests {
  /// Of f(x) = wᵀx, by pairs of points around `centre` that are held to the box.
  private func estimates(
    _ draws: EstimatedAscent.Kind, around centre: [Float], weights: [Double], pairs: Int, repetitions: Int
  ) -> [[Double]] {
    (0..<repetitions).map { repetition in
      var generator = SeededGenerator(seed: 6, purpose: "test estimate", index: repetition)
      var estimate = GradientEstimate(pixelCount: centre.count)
      for _ in 0..<pairs {
        let change =
          draws == .nes
          ? generator.normals(centre.count).map(Double.init)
          : centre.map { _ in generator.next() & 1 == 0 ? 1.0 : -1 }
        func point(_ sign: Double) -> [Float] {
          zip(centre, change).map { min(max(Float(Double($0) + 0.1 * sign * $1), 0), 1) }
        }
        let (upper, lower) = (point(1), point(-1))
        func value(_ point: [Float]) -> Double { zip(weights, point).reduce(0) { $0 + $1.0 * Double($1.1) } }
        estimate.add(value(upper) - value(lower), from: lower, to: upper)
      }
      return estimate.gradient
    }
  }

  @Test(
    "On a linear function the mean estimate is its gradient, at the edges of the box too",
    arguments: [EstimatedAscent.Kind.nes, .spsa])
  func mean(_ draws: EstimatedAscent.Kind) {
    let weights = [3, -2, 0, 0.5, 1, -4.0]
    for centre: [Float] in [[0.5, 0.5, 0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1, 0.03, 0.98]] {
      let all = estimates(draws, around: centre, weights: weights, pairs: 8, repetitions: 4000)
      for pixel in weights.indices {
        let values = all.map { $0[pixel] }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares / Double(values.count * (values.count - 1))).squareRoot()
        // Five standard errors: missed by chance once in two million.
        #expect(abs(mean - weights[pixel]) < 5 * error, "\(mean), not \(weights[pixel])")
        #expect(error < 0.15)
      }
    }
  }

  @Test("More pairs bring the estimate nearer to the gradient", arguments: [EstimatedAscent.Kind.nes, .spsa])
  func cosine(_ draws: EstimatedAscent.Kind) {
    var generator = SeededGenerator(seed: 8)
    let weights = generator.normals(40).map(Double.init)
    let cosines = [4, 16, 64, 256].map { pairs in
      let all = estimates(
        draws, around: [Float](repeating: 0.5, count: 40), weights: weights, pairs: pairs, repetitions: 20)
      return all.reduce(0.0) { sum, estimate in
        let product = zip(estimate, weights).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + product / (Norm.l2.length(of: estimate) * Norm.l2.length(of: weights)) / 20
      }
    }
    // For n pairs in d dimensions about √(n / (n + d)).
    for (cosine, pairs) in zip(cosines, [4, 16, 64, 256.0]) {
      #expect(abs(cosine - (pairs / (pairs + 40)).squareRoot()) < 0.08, "\(cosine) of \(pairs) pairs")
    }
  }

  @Test("A pixel that never moved has the slope 0")
  func still() {
    var estimate = GradientEstimate(pixelCount: 2)
    estimate.add(3, from: [0, 0.5], to: [0.5, 0.5])
    #expect(estimate.gradient == [6, 0])
  }
}
