import Tensors

/// Principal directions of perturbations of length 1, about 0 and not about their mean: a direction that all share counts.
///
///     share(k) = Σ_{i<k} λᵢ / Σ λᵢ,   λ the eigenvalues of Uᵀ U, U one unit row for each image
///
/// After Moosavi-Dezfooli et al. (2017), section 5, who look at the singular values of the same matrix.
struct PerturbationComponents: Sendable {
  /// λᵢ / Σ λ, falling.
  let shares: [Double]
  /// Directions of length 1 in the space of pixels, the first few; the sign is such that the largest entry is positive.
  let directions: [[Double]]

  init(of rows: [[Double]], directionCount: Int) {
    precondition(!rows.isEmpty, "no perturbations have no components")
    let (count, length) = (rows.count, rows[0].count)
    // The smaller of the two matrices of products has the same eigenvalues but for zeros.
    let usesImages = count < length
    let order = min(count, length)
    let flat = rows.flatMap(\.self)
    // Column-major: a flat list of rows is U transposed, `length` × `count`.
    let products =
      usesImages
      ? LinearAlgebra.rowProducts(
        of: LinearAlgebra.transposed(flat, rows: length, columns: count), rows: count)
      : LinearAlgebra.rowProducts(of: flat, rows: length)
    let (values, vectors) = LinearAlgebra.symmetricEigen(of: products, order: order)
    let total = values.reduce(0) { $0 + max($1, 0) }
    shares = values.map { total > 0 ? max($0, 0) / total : 0 }
    directions = (0..<min(directionCount, order)).map { number in
      let vector = Array(vectors[number * order..<(number + 1) * order])
      var direction =
        usesImages
        ? (0..<length).map { pixel in (0..<count).reduce(0) { $0 + vector[$1] * rows[$1][pixel] } } : vector
      let size = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let largest = direction.max { abs($0) < abs($1) } ?? 0
      let scale = size > 0 ? (largest < 0 ? -1 : 1) / size : 0
      for index in direction.indices { direction[index] *= scale }
      return direction
    }
  }

  /// Share explained by the first `count` components.
  func explained(by count: Int) -> Double { shares.prefix(count).reduce(0, +) }
}
