import Foundation
import Tensors

extension DirectionSet {
  /// Independent directions with weights ±1/√d, each sign with probability ½.
  ///
  ///     v = s / √d,   s_j = ±1
  ///
  /// Every neuron has equal weight in each of them, so comparing them with ``randomSphere(count:dimension:seed:)``
  /// shows whether the variation of the weights' magnitudes matters.
  public static func rademacher(count: Int, dimension: Int, seed: UInt64) -> DirectionSet {
    drawn(.rademacher, "b", count: count, dimension: dimension) { index in
      var generator = SeededGenerator(seed: seed, purpose: "Rademacher direction", index: index)
      return (0..<dimension).map { _ in generator.next() & 1 == 0 ? 1 : -1 }
    }
  }

  /// Independent mixtures of a few neurons, drawn without replacement, with Gaussian weights.
  ///
  ///     v = g / ‖g‖₂,   g_j ~ N(0, 1) for `mixedCount` random j, 0 elsewhere
  ///
  /// Between a neuron and a direction through all of them: shows whether mixing reduces coherence.
  ///
  /// - Parameter mixedCount: m, at least 1; all neurons where there are fewer.
  public static func sparseMix(
    of mixedCount: Int, count: Int, dimension: Int, seed: UInt64
  ) -> DirectionSet {
    precondition(mixedCount >= 1, "a mixture is of one neuron at least, got \(mixedCount)")
    return drawn(.sparseMix, "m", count: count, dimension: dimension) { index in
      var generator = SeededGenerator(seed: seed, purpose: "mixture of neurons", index: index)
      let neurons = generator.sample(min(mixedCount, dimension), of: dimension)
      let weights = generator.normals(neurons.count)
      var direction = [Float](repeating: 0, count: dimension)
      for (neuron, weight) in zip(neurons, weights) { direction[neuron] = weight }
      return direction
    }
  }

  /// Independent directions with weights |g|, g standard normal: a misleading null distribution.
  ///
  ///     v = |g| / ‖g‖₂,   E cos(v, w) = 2/π
  ///
  /// Two such directions point nearly the same way and select the same images, those with a long φ: their top sets look
  /// alike for that reason alone. Included to demonstrate it, see ``TopSetOverlap``.
  public static func nonNegative(count: Int, dimension: Int, seed: UInt64) -> DirectionSet {
    drawn(.nonNegative, "a", count: count, dimension: dimension) { index in
      var generator = SeededGenerator(seed: seed, purpose: "non-negative direction", index: index)
      return generator.normals(dimension).map(abs)
    }
  }

  /// Directions of unit length, each from a stream of its own, so that none depends on how many there are.
  private static func drawn(
    _ kind: Kind, _ letter: String, count: Int, dimension: Int, draw: (Int) -> [Float]
  ) -> DirectionSet {
    precondition(count >= 0 && dimension > 0, "cannot draw \(count) directions in \(dimension) dimensions")
    var elements: [Float] = []
    elements.reserveCapacity(count * dimension)
    for index in 0..<count {
      let direction = draw(index)
      let length = Norm.l2(direction)
      precondition(length > 0, "direction \(index) has no length")  // for normals: probability 2⁻⁵³ each
      elements += direction.map { Float(Double($0) / length) }
    }
    return DirectionSet(
      kind: kind, ids: (0..<count).map { letter + padded($0, to: 3) },
      matrix: Tensor(shape: [count, dimension], elements: elements))
  }

  /// The opposite directions −v, under the same names with a minus.
  public var negated: DirectionSet {
    DirectionSet(
      kind: kind, ids: ids.map { "−" + $0 },
      matrix: Tensor(shape: [count, dimension], elements: matrix.elements.map { 0 - $0 }))
  }
}
