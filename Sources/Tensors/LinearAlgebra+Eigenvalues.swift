import CLAPACK

extension LinearAlgebra {
  /// Eigenvalues and eigenvectors of a symmetric matrix.
  ///
  ///     A = U Λ Uᵀ,   λ₀ ≥ λ₁ ≥ …
  ///
  /// `dsyevd`. A vector's sign is LAPACK's: always the same, but without meaning.
  ///
  /// - Parameter matrix: A, `order` × `order`, finite. Its upper triangle is read.
  /// - Returns: Λ, and U with the vector of λ_j in column j.
  public static func symmetricEigen(of matrix: [Double], order: Int) -> (values: [Double], vectors: [Double])
  {
    checkSquare(matrix, order: order)
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    var n = Int32(order)
    var vectors = matrix
    var values = [Double](repeating: 0, count: order)
    var (work, workCount) = ([0.0], Int32(-1))  // −1 queries the size needed
    var (integerWork, integerWorkCount) = ([Int32(0)], Int32(-1))
    var status: Int32 = 0
    dsyevd_(
      "V", "U", &n, &vectors, &n, &values, &work, &workCount, &integerWork, &integerWorkCount, &status, 1, 1)
    precondition(status == 0, "dsyevd refuses its argument \(-status)")
    (workCount, integerWorkCount) = (Int32(work[0]), integerWork[0])
    work = [Double](repeating: 0, count: Int(workCount))
    integerWork = [Int32](repeating: 0, count: Int(integerWorkCount))
    dsyevd_(
      "V", "U", &n, &vectors, &n, &values, &work, &workCount, &integerWork, &integerWorkCount, &status, 1, 1)
    precondition(status == 0, "dsyevd did not find the eigenvalues: status \(status)")
    let descending = (0..<order).reversed().flatMap { vectors[$0 * order..<($0 + 1) * order] }
    return (values.reversed(), descending)
  }

  /// Real Schur form of a square matrix.
  ///
  ///     A = V T Vᵀ,   V orthogonal, T upper triangular except for 2 × 2 blocks on its diagonal
  ///
  /// A block represents a pair of complex eigenvalues; its two diagonal elements are equal. `dgees`, unsorted.
  ///
  /// - Parameter matrix: A, `order` × `order`, finite.
  /// - Returns: T, with exact zeros below the blocks, and V.
  public static func realSchur(of matrix: [Double], order: Int) -> (form: [Double], vectors: [Double]) {
    checkSquare(matrix, order: order)
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    var n = Int32(order)
    var form = matrix
    var vectors = [Double](repeating: 0, count: order * order)
    var (real, imaginary) = (vectors, vectors)
    var (work, workCount) = ([0.0], Int32(-1))
    var (sortedCount, unused, status): (Int32, Int32, Int32) = (0, 0, 0)
    for isQuery in [true, false] {
      if !isQuery {
        workCount = Int32(work[0])
        work = [Double](repeating: 0, count: Int(workCount))
      }
      dgees_(
        "V", "N", nil, &n, &form, &n, &sortedCount, &real, &imaginary, &vectors, &n, &work, &workCount,
        &unused,
        &status, 1, 1)
      precondition(status == 0, "dgees did not find the Schur form: status \(status)")
    }
    return (form, vectors)
  }

  /// The sign of the determinant: 1, −1, or 0 for a singular matrix. `dgetrf`.
  public static func determinantSign(of matrix: [Double], order: Int) -> Int {
    checkSquare(matrix, order: order)
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    var n = Int32(order)
    var factors = matrix
    var pivots = [Int32](repeating: 0, count: order)
    var status: Int32 = 0
    dgetrf_(&n, &n, &factors, &n, &pivots, &status)
    precondition(status >= 0, "dgetrf refuses its argument \(-status)")
    guard status == 0 else { return 0 }
    // A pivot from another row (rows count from 1) is a swap, and each swap changes the sign.
    return (0..<order).reduce(1) { sign, row in
      (pivots[row] == row + 1) == (factors[row + row * order] > 0) ? sign : -sign
    }
  }
}
