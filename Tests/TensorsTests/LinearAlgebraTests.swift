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
}
