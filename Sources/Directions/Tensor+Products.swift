import Tensors

extension Tensor {
  /// Views a tensor with two axes as a matrix.
  func withMatrix<Result>(_ body: (MatrixView) -> Result) -> Result {
    precondition(shape.count == 2, "a matrix has two axes, got \(shape)")
    return elements.withUnsafeBufferPointer { body(MatrixView($0, rows: shape[0], columns: shape[1])) }
  }

  /// A B, in single precision.
  func product(with right: Tensor) -> Tensor {
    withMatrix { left in right.withMatrix { left.product(with: $0) } }
  }

  /// A Bᵀ, in single precision: products of the rows of A with those of B.
  func product(withTransposed right: Tensor) -> Tensor {
    withMatrix { left in right.withMatrix { left.product(with: $0.transposed) } }
  }

  /// Aᵀ B, in single precision.
  func transposedProduct(with right: Tensor) -> Tensor {
    withMatrix { left in right.withMatrix { left.transposed.product(with: $0) } }
  }
}
