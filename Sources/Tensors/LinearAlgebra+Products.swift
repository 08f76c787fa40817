import CLAPACK

extension LinearAlgebra {
  /// C = A B in Double. `dgemm`.
  ///
  /// - Parameters:
  ///   - left: A, `rows` × `inner`.
  ///   - right: B, `inner` × `columns`.
  /// - Returns: C, `rows` × `columns`.
  public static func product(_ left: [Double], _ right: [Double], rows: Int, inner: Int, columns: Int)
    -> [Double]
  {
    precondition(
      rows > 0 && inner > 0 && left.count == rows * inner && right.count == inner * columns,
      "\(left.count) and \(right.count) elements are not \(rows) × \(inner) and \(inner) × \(columns)")
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    var result = [Double](repeating: 0, count: rows * columns)
    cblas_dgemm(
      CblasColMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1, left,
      Int32(rows),
      right, Int32(inner), 0, &result, Int32(rows))
    return result
  }

  /// A Aᵀ in Double, both triangles. `dsyrk`.
  ///
  /// - Parameter matrix: A, with `rows` rows and any number of columns.
  /// - Returns: `rows` × `rows`, symmetric to the last bit.
  public static func rowProducts(of matrix: [Double], rows: Int) -> [Double] {
    precondition(
      rows > 0 && matrix.count.isMultiple(of: rows), "\(matrix.count) elements are not columns of \(rows)")
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    var result = [Double](repeating: 0, count: rows * rows)
    cblas_dsyrk(
      CblasColMajor, CblasUpper, CblasNoTrans, Int32(rows), Int32(matrix.count / rows), 1, matrix,
      Int32(rows), 0,
      &result, Int32(rows))
    for column in 0..<rows {
      for row in 0..<column { result[column + row * rows] = result[row + column * rows] }
    }
    return result
  }

  /// Aᵀ of A, `rows` × `columns`, in the same storage order.
  public static func transposed(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    precondition(
      matrix.count == rows * columns, "\(matrix.count) elements are not \(rows) × \(columns)")
    return (0..<rows).flatMap { row in (0..<columns).map { matrix[row + $0 * rows] } }
  }
}
