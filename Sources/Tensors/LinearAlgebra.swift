import CLAPACK

/// Factorizations of small dense matrices in Double, by LAPACK, on the calling thread.
///
/// Matrices are column-major: element (i, j) of an m × n matrix is at i + j m.
public enum LinearAlgebra {
  /// Q of A = QR with a positive diagonal of R, which makes it unique.
  ///
  /// `dgeqrf` and `dorgqr`; columns are then multiplied by the signs of R's diagonal.
  ///
  /// - Parameters:
  ///   - matrix: A, `order` × `order`, finite and of full rank.
  /// - Returns: Q, orthogonal to about `order` · 2⁻⁵³.
  public static func orthogonalFactor(of matrix: [Double], order: Int) -> [Double] {
    checkSquare(matrix, order: order)
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    var factor = matrix
    var n = Int32(order)
    var reflectors = [Double](repeating: 0, count: order)
    var workCount = Int32(64 * order)  // 64: LAPACK's block length
    var work = [Double](repeating: 0, count: 64 * order)
    var status: Int32 = 0
    dgeqrf_(&n, &n, &factor, &n, &reflectors, &work, &workCount, &status)
    precondition(status == 0, "dgeqrf refuses its argument \(-status)")
    let signs = (0..<order).map { factor[$0 + $0 * order] < 0 ? -1.0 : 1 }
    dorgqr_(&n, &n, &n, &factor, &n, &reflectors, &work, &workCount, &status)
    precondition(status == 0, "dorgqr refuses its argument \(-status)")
    for column in 0..<order where signs[column] < 0 {
      for row in 0..<order { factor[row + column * order] *= -1 }
    }
    return factor
  }
  static func checkSquare(_ matrix: [Double], order: Int) {
    precondition(
      order > 0 && matrix.count == order * order,
      "a square matrix of order \(order) has \(order * order) elements, got \(matrix.count)")
  }
}
