import Tensors

/// X of a non-negative factorization: features in pieces, and the products needed by its sweeps.
struct NonNegativeData: Sendable {
  let features: FeatureMatrix
  let pieces: [Range<Int>]
  /// Mean of all elements.
  let mean: Double
  /// ‖X‖²_F
  let squares: Double

  /// - Throws: ``NegativeFeature``
  init(_ features: FeatureMatrix, workerCount: Int) throws {
    let pieces = Workers.pieces(of: features.imageCount, length: 1024)
    let negatives = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      features.rows(pieces[piece]).withValues { $0.firstIndex { $0 < 0 } }
    }
    for (piece, index) in zip(pieces, negatives) {
      guard let index else { continue }
      let (row, column) = (piece.lowerBound + index / features.dimension, index % features.dimension)
      throw NegativeFeature(
        layer: features.layer, row: row, column: column,
        value: features.rows(piece).withValues { $0[index] })
    }
    let sums = Workers.sum(count: pieces.count, length: 2, workerCount: workerCount) { piece in
      features.rows(pieces[piece]).withValues { values in
        values.reduce(into: [0, 0]) { sums, value in
          sums[0] += Double(value)
          sums[1] += Double(value) * Double(value)
        }
      }
    }
    self.features = features
    self.pieces = pieces
    mean = sums[0] / Double(max(features.imageCount * features.dimension, 1))
    squares = sums[1]
  }

  private func withPiece<Result>(_ piece: Int, _ body: (MatrixView) -> Result) -> Result {
    let rows = pieces[piece]
    defer { features.release(rows) }
    return features.rows(rows).withValues {
      body(MatrixView($0, rows: rows.count, columns: features.dimension))
    }
  }

  /// X Hᵀ of one piece, `[images, count]`.
  func products(_ piece: Int, with parts: Tensor) -> Tensor {
    withPiece(piece) { data in parts.withMatrix { data.product(with: $0) } }
  }

  /// Xᵀ W and Wᵀ W, added up in Double in the order of the pieces.
  func sums(with coefficients: [Tensor], workerCount: Int) -> (products: Tensor, gram: Tensor) {
    let (dimension, count) = (features.dimension, coefficients[0].rowLength)
    let sums = Workers.sum(
      count: pieces.count, length: (dimension + count) * count, workerCount: workerCount
    ) { piece in
      let products = withPiece(piece) { data in
        coefficients[piece].withMatrix { data.transposed.product(with: $0) }
      }
      let gram = coefficients[piece].transposedProduct(with: coefficients[piece])
      return products.elements.map(Double.init) + gram.elements.map(Double.init)
    }
    return (
      Tensor(shape: [dimension, count], elements: sums.prefix(dimension * count).map(Float.init)),
      Tensor(shape: [count, count], elements: sums.dropFirst(dimension * count).map(Float.init))
    )
  }

  /// ‖X − W H‖²_F, from the differences themselves.
  func squaredError(_ coefficients: [Tensor], _ parts: Tensor, workerCount: Int) -> Double {
    Workers.sum(count: pieces.count, length: 1, workerCount: workerCount) { piece in
      let sums = coefficients[piece].product(withTransposed: parts)
      return features.rows(pieces[piece]).withValues { values in
        [zip(values, sums.elements).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }]
      }
    }[0]
  }
}
