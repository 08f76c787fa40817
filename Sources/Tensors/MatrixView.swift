import CLAPACK

/// A row-major matrix in memory owned by someone else; valid as long as that memory is.
public struct MatrixView {
  fileprivate let base: UnsafePointer<Float>?
  /// Floats from the start of one stored row to the next.
  fileprivate let stride: Int
  fileprivate let isTransposed: Bool
  public let rows: Int
  public let columns: Int

  /// - Parameter stride: Floats from one row to the next; `nil` when rows are contiguous.
  public init(_ elements: UnsafeBufferPointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    checkExtents(elements.count, rows: rows, columns: columns, stride: stride)
    base = elements.baseAddress
    self.stride = stride
    isTransposed = false
    self.rows = rows
    self.columns = columns
  }

  private init(transposing other: MatrixView) {
    base = other.base
    stride = other.stride
    isTransposed = !other.isTransposed
    rows = other.columns
    columns = other.rows
  }

  /// The same memory read as the transpose; nothing is moved.
  public var transposed: MatrixView { MatrixView(transposing: self) }

  /// The product A B in newly allocated memory; see ``MutableMatrixView/assignProduct(_:_:)``.
  public func product(with right: MatrixView) -> Tensor {
    let count = rows * right.columns
    let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      MutableMatrixView(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), rows: rows, columns: right.columns
      )
      .assignProduct(self, right)
      initializedCount = count
    }
    return Tensor(shape: [rows, right.columns], elements: elements)
  }
}

/// A writable row-major matrix in memory owned by someone else.
public struct MutableMatrixView {
  private let base: UnsafeMutablePointer<Float>?
  private let stride: Int
  public let rows: Int
  public let columns: Int

  /// - Parameter stride: Floats from one row to the next; `nil` when rows are contiguous.
  public init(_ elements: UnsafeMutableBufferPointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    checkExtents(elements.count, rows: rows, columns: columns, stride: stride)
    base = elements.baseAddress
    self.stride = stride
    self.rows = rows
    self.columns = columns
  }

  /// Matrix product in single precision by OpenBLAS (`cblas_sgemm`), on the calling thread.
  ///
  ///     C = A B,   |C − exact| ≤ γ_m |A| |B|  for inner extent m
  ///
  /// Several threads may multiply at the same time. The last bits of an element may depend on its position in the
  /// matrix, because OpenBLAS treats edges separately; see ``singlePrecisionErrorFactor(terms:)``.
  ///
  /// - Parameters:
  ///   - left: A, `[rows, m]`.
  ///   - right: B, `[m, columns]`. With m = 0 the result is zero.
  /// - Precondition: The three matrices do not overlap in memory.
  public func assignProduct(_ left: MatrixView, _ right: MatrixView) {
    precondition(
      left.rows == rows && right.columns == columns && left.columns == right.rows,
      "cannot store [\(left.rows), \(left.columns)] × [\(right.rows), \(right.columns)] in [\(rows), \(columns)]"
    )
    guard rows > 0, columns > 0, let base else { return }
    guard left.columns > 0 else {
      for row in 0..<rows { (base + row * stride).update(repeating: 0, count: columns) }
      return
    }
    OpenBLAS.enter()
    defer { OpenBLAS.leave() }
    cblas_sgemm(
      CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans,
      right.isTransposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns), Int32(left.columns),
      1, left.base, Int32(left.stride), right.base, Int32(right.stride), 0, base, Int32(stride))
  }
}

/// γ = m u / (1 − m u) with u = 2⁻²⁴: a sum of `terms` products computed in single precision, in any order,
/// with or without fused multiply–add, is off by at most γ Σ|aᵢ bᵢ|.
///
/// Higham (2002), "Accuracy and stability of numerical algorithms", section 3.1.
public func singlePrecisionErrorFactor(terms: Int) -> Double {
  let roundings = Double(terms) * 0x1p-24
  precondition(roundings < 1, "the bound holds for fewer than 2²⁴ terms, got \(terms)")
  return roundings / (1 - roundings)
}

private func checkExtents(_ count: Int, rows: Int, columns: Int, stride: Int) {
  precondition(
    rows >= 0 && columns >= 0 && stride >= max(columns, 1) || rows * columns == 0,
    "a row of \(columns) does not fit a stride of \(stride)")
  let needed = rows > 0 && columns > 0 ? (rows - 1) * stride + columns : 0
  precondition(count >= needed, "a [\(rows), \(columns)] matrix needs \(needed) elements, got \(count)")
}
