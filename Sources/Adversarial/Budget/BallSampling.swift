import Foundation
import Tensors

extension Norm {
  /// A point drawn uniformly from the ball of radius 1 in `dimension` dimensions.
  ///
  ///     L∞   each coordinate uniform in (−1, 1)
  ///     L2   u^{1/d} z / ‖z‖₂, z normal: most of a ball is near its surface, and u alone would favour the centre
  ///     L1   ±eᵢ / Σ_{j ≤ d+1} e_j, e exponential: spacings of uniform numbers
  ///
  /// L0 has no ball to sample uniformly: its points may be as long as the box allows.
  func uniformPoint(inBallOf dimension: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
    switch self {
    case .l0: preconditionFailure("points of few pixels are not drawn from a ball")
    case .linf: return (0..<dimension).map { _ in 2 * generator.uniform() - 1 }
    case .l2:
      let normals = generator.normals(dimension).map(Double.init)
      let length = normals.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { return normals }
      let radius = pow(generator.uniform(), 1 / Double(dimension))
      return normals.map { radius * $0 / length }
    case .l1:
      let exponentials = (0...dimension).map { _ in -log(1 - generator.uniform()) }
      let total = exponentials.reduce(0, +)
      return exponentials.dropLast().map { size in
        (generator.next() & 1 == 0 ? size : -size) / total
      }
    }
  }
}

extension ThreatModel {
  /// Starting points uniform in the ball, then clipped to the box, which keeps them in the ball.
  ///
  /// - Parameters:
  ///   - restart: Each restart has its own draws for each image, from (seed, restart, image number).
  func randomStarts(for batch: AttackBatch, seed: UInt64, restart: Int) -> Tensor {
    precondition(epsilon.isFinite, "a ball without end has no uniform points")
    precondition(0 <= restart && restart < 1 << 16, "a restart lies in 0..<65536, got \(restart)")
    var images = batch.images
    let length = images.rowLength
    for row in 0..<batch.count {
      // A stream per (image, restart): the restart shifts the seed, away from any seed a user might choose.
      var generator = SeededGenerator(
        seed: seed &+ UInt64(restart) &* 0x9E37_79B9_7F4A_7C15, purpose: "attack start",
        index: batch.imageIDs[row])
      let point = norm.uniformPoint(inBallOf: length, using: &generator)
      for (pixel, offset) in zip(row * length..<(row + 1) * length, point) {
        let moved = Float(Double(images.elements[pixel]) + Double(epsilon) * offset)
        images.elements[pixel] = min(max(moved, bounds.lowerBound), bounds.upperBound)
      }
    }
    return images
  }
}
