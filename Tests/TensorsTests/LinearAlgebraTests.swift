import Tensors
import Testing

@Suite struct LinearAlgebraTests {
  @Test(
    "The orthogonal factor has orthonormal columns and leaves an upper triangle with a positive diagonal",
    arguments: [1, 2, 3, 17, 128])
  func orthogonalFactor(order: Int) {
    var generator = SeededGenerator(seed: 1, purpose: "matrix to factor", index: order)
    let matrix = generator.normals(order * order).map(Double.init)
    let q = LinearAlgebra.orthogonalFactor(of: matrix, order: order)
    for i in 0..<order {
      for j in 0..<order {
        let product = (0..<order).reduce(0.0) { $0 + q[$1 + i * order] * q[$1 + j * order] }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-13 * Double(order))
        let r = (0..<order).reduce(0.0) { $0 + q[$1 + i * order] * matrix[$1 + j * order] }
        if i > j { #expect(abs(r) < 1e-12 * Double(order)) }
        if i == j { #expect(r > 0) }
      }
    }
  }

  @Test("The factor of a known matrix is known")
  func known() {
    // Columns (0, 2) and (−3, 5): Q = [[0, −1], [1, 0]], R = [[2, 5], [0, 3]].
    #expect(LinearAlgebra.orthogonalFactor(of: [0, 2, -3, 5], order: 2).map { $0 + 0 } == [0, 1, -1, 0])
  }

  /// Largest element of A B − C, column-major and square.
  private func residual(_ left: [Double], _ right: [Double], _ expected: [Double], order: Int) -> Double {
    zip(LinearAlgebra.product(left, right, rows: order, inner: order, columns: order), expected)
      .map { abs($0 - $1) }.max()!
  }

  @Test("Eigenvectors are orthonormal, and the matrix only stretches them", arguments: [1, 2, 5, 40])
  func symmetricEigen(order: Int) {
    var generator = SeededGenerator(seed: 2, purpose: "matrix to factor", index: order)
    let matrix = LinearAlgebra.rowProducts(
      of: generator.normals(order * 60).map(Double.init), rows: order)
    let (values, vectors) = LinearAlgebra.symmetricEigen(of: matrix, order: order)
    #expect(values == values.sorted(by: >))
    let stretched = vectors.enumerated().map { $1 * values[$0 / order] }
    #expect(residual(matrix, vectors, stretched, order: order) < 1e-11 * values[0])
    let identity = (0..<order * order).map { $0.isMultiple(of: order + 1) ? 1.0 : 0 }
    let transposed = LinearAlgebra.transposed(vectors, rows: order, columns: order)
    #expect(residual(transposed, vectors, identity, order: order) < 1e-13 * Double(order))
  }

  @Test("The eigenvalues of a known matrix are known, the larger first")
  func knownEigenvalues() {
    let (values, vectors) = LinearAlgebra.symmetricEigen(of: [2, 1, 1, 2], order: 2)
    #expect(abs(values[0] - 3) < 1e-15 && abs(values[1] - 1) < 1e-15)
    #expect(abs(vectors[0] - vectors[1]) < 1e-15)  // (1, 1)
    #expect(abs(vectors[2] + vectors[3]) < 1e-15)  // (1, −1)
  }

  @Test("A Schur form gives the matrix back and is triangular but for its blocks", arguments: [1, 2, 5, 40])
  func realSchur(order: Int) {
    var generator = SeededGenerator(seed: 3, purpose: "matrix to factor", index: order)
    let matrix = generator.normals(order * order).map(Double.init)
    let (form, vectors) = LinearAlgebra.realSchur(of: matrix, order: order)
    let product = LinearAlgebra.product(vectors, form, rows: order, inner: order, columns: order)
    let transposed = LinearAlgebra.transposed(vectors, rows: order, columns: order)
    #expect(residual(product, transposed, matrix, order: order) < 1e-12 * Double(order))
    for column in 0..<order {
      for row in 0..<order where row > column + 1 { #expect(form[row + column * order] == 0) }
      guard column + 1 < order, form[column + 1 + column * order] != 0 else { continue }
      #expect(form[column * (order + 1)] == form[(column + 1) * (order + 1)])
      if column + 2 < order { #expect(form[column + 2 + (column + 1) * order] == 0) }
    }
  }

  @Test("The determinant's sign is that of the product of known swaps and scales")
  func determinantSign() {
    #expect(LinearAlgebra.determinantSign(of: [2, 0, 0, 3], order: 2) == 1)
    #expect(LinearAlgebra.determinantSign(of: [0, 2, 3, 0], order: 2) == -1)
    #expect(LinearAlgebra.determinantSign(of: [0, 0, 1, 1, 0, 0, 0, 1, 0], order: 3) == 1)
    #expect(LinearAlgebra.determinantSign(of: [1, 2, 2, 4], order: 2) == 0)
  }

  @Test("Products of known matrices are known")
  func products() {
    // Columns (1, 2), (3, 4), (5, 6) times columns (1, 0, 0), (1, 1, 1).
    let product = LinearAlgebra.product(
      [1, 2, 3, 4, 5, 6], [1, 0, 0, 1, 1, 1], rows: 2, inner: 3, columns: 2)
    #expect(product == [1, 2, 9, 12])
    #expect(LinearAlgebra.rowProducts(of: [1, 2, 3, 4, 5, 6], rows: 2) == [35, 44, 44, 56])
    #expect(LinearAlgebra.transposed([1, 2, 3, 4, 5, 6], rows: 2, columns: 3) == [1, 3, 5, 2, 4, 6])
  }
}
