import Tensors

extension DirectionSet {
  /// The first `count` vectors of a random orthonormal basis, uniform under Haar measure.
  ///
  ///     G = QR, G with independent standard normal entries, R with a positive diagonal;   v_i = column i of Q
  ///
  /// Mezzadri (2007), "How to generate random matrices from the classical compact groups"
  /// <https://arxiv.org/abs/math-ph/0609050>. Without the condition on R, Q would not be uniform.
  ///
  /// Unlike independent directions, a basis shares these properties of a layer's neurons: they are orthogonal and as
  /// many as there are dimensions. Only the axes differ, so a rotation is the null hypothesis that neurons are like any
  /// other basis.
  ///
  /// - Parameters:
  ///   - count: At most `dimension`; the number of neurons in the comparison.
  ///   - dimension: Width of the layer.
  ///   - index: Number of the basis; it does not depend on what else is drawn.
  public static func haar(count: Int, dimension: Int, seed: UInt64, index: Int) -> DirectionSet {
    precondition(
      0 <= count && count <= dimension && dimension > 0,
      "a basis of \(dimension) dimensions has no \(count) directions")
    let basis = haarMatrix(dimension: dimension, seed: seed, index: index)
    return DirectionSet(
      kind: .haar, ids: (0..<count).map { "h" + padded($0, to: String(max(dimension - 1, 0)).count) },
      matrix: Tensor(shape: [count, dimension], elements: basis.prefix(count * dimension).map(Float.init)))
  }

  /// Q in column-major order, so that its columns are the rows of a set.
  static func haarMatrix(dimension: Int, seed: UInt64, index: Int) -> [Double] {
    var generator = SeededGenerator(seed: seed, purpose: "Haar rotation", index: index)
    var normals = [Double](repeating: 0, count: dimension * dimension)
    for place in stride(from: 0, to: normals.count, by: 2) {
      let (first, second) = generator.normalPair()
      normals[place] = first
      if place + 1 < normals.count { normals[place + 1] = second }
    }
    return LinearAlgebra.orthogonalFactor(of: normals, order: dimension)
  }
}
