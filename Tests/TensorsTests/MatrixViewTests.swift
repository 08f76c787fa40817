import Testing

@testable import Tensors

@Suite struct MatrixViewTests {
  /// Every third float of a wider store belongs to somebody else: strides are honoured and gaps stay untouched.
  @Test(
    "The product equals the sum in Double within the bound of single precision",
    arguments: [(1, 1, 1), (3, 5, 7), (16, 33, 128), (65, 17, 300)], [false, true])
  func product(extents: (rows: Int, columns: Int, inner: Int), transposed: Bool) {
    let (rows, columns, inner) = extents
    var generator = SeededGenerator(seed: 11, stream: UInt64(rows))
    let left = generator.normals(rows * (inner + 3))
    let right = generator.normals(transposed ? columns * inner : inner * columns)
    var store = [Float](repeating: .infinity, count: rows * (columns + 2))
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        store.withUnsafeMutableBufferPointer { store in
          let a = MatrixView(left, rows: rows, columns: inner, stride: inner + 3)
          let b =
            transposed
            ? MatrixView(right, rows: columns, columns: inner).transposed
            : MatrixView(right, rows: inner, columns: columns)
          MutableMatrixView(store, rows: rows, columns: columns, stride: columns + 2).assignProduct(a, b)
        }
      }
    }
    let factor = singlePrecisionErrorFactor(terms: inner)
    for row in 0..<rows {
      for column in 0..<columns {
        var exact = 0.0
        var size = 0.0
        for term in 0..<inner {
          let b = transposed ? right[column * inner + term] : right[term * columns + column]
          let product = Double(left[row * (inner + 3) + term]) * Double(b)
          exact += product
          size += abs(product)
        }
        #expect(abs(Double(store[row * (columns + 2) + column]) - exact) <= factor * size)
      }
      #expect(store[row * (columns + 2) + columns..<(row + 1) * (columns + 2)].allSatisfy { $0 == .infinity })
    }
  }

  @Test("A product over no terms is zero, and one without rows or columns changes nothing")
  func empty() {
    var store: [Float] = [1, 2, 3, 4]
    let right: [Float] = [1, 2, 3, 4, 5, 6]
    right.withUnsafeBufferPointer { right in
      store.withUnsafeMutableBufferPointer { store in
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        MutableMatrixView(store, rows: 0, columns: 2)
          .assignProduct(MatrixView(none, rows: 0, columns: 3), MatrixView(right, rows: 3, columns: 2))
      }
    }
    #expect(store == [1, 2, 3, 4])
    store.withUnsafeMutableBufferPointer { store in
      let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
      MutableMatrixView(store, rows: 2, columns: 2)
        .assignProduct(MatrixView(none, rows: 2, columns: 0), MatrixView(none, rows: 0, columns: 2))
    }
    #expect(store == [0, 0, 0, 0])
  }
}
