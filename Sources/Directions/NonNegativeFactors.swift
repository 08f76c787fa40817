import Tensors

/// Parts whose non-negative combinations approximate the features.
///
///     minimise ‖X − W H‖²_F,   W, H ≥ 0
///
/// by hierarchical alternating least squares: every coefficient of W in turn is set to its optimum with all others
/// fixed, clipped at 0, then every one of H. Cichocki, Phan (2009), "Fast local algorithms for large scale nonnegative
/// matrix and tensor factorizations", IEICE Transactions E92-A. The squared error never rises, and converges to a
/// minimum that depends on the seed.
///
/// Direction i is row i of H scaled to unit length: the part itself. W, the contribution of a part to an image, is not
/// a linear score; an image's score along a part also counts what it shares with other parts.
public struct NonNegativeFactors: Sendable {
  static let iterationLimit = 500
  /// Iterations between evaluations of the squared error: its decrease in one would be lost in the rounding of the
  /// products it is computed from.
  static let iterationsBetweenChecks = 10
  /// Ends when the squared error has fallen by less than this fraction since the last check.
  static let tolerance = 1e-4

  /// `f000` is the largest part, by ‖column of W‖ · ‖row of H‖; non-negative, of unit length, not orthogonal.
  public let directions: DirectionSet
  /// 1 − ‖X − W H‖² / ‖X‖², with features not centred; 1 when all are 0.
  public let explainedShare: Double
  public let iterationCount: Int

  /// - Parameters:
  ///   - features: X, the features of training images.
  ///   - count: Maximum number of parts; parts that become 0 are omitted.
  ///   - seed: Seeds the initial W and H, absolute values of normal draws scaled to X's mean.
  ///   - workerCount: Changes the time only.
  /// - Throws: ``NegativeFeature`` for the first feature below 0.
  public init(of features: FeatureMatrix, count: Int, seed: UInt64, workerCount: Int = Workers.defaultCount)
    throws
  {
    precondition(count >= 0, "there are no \(count) parts")
    let data = try NonNegativeData(features, workerCount: workerCount)
    guard count > 0, data.squares > 0 else {
      (explainedShare, iterationCount) = (data.squares > 0 ? 0 : 1, 0)
      directions = Self.directions([], dimension: features.dimension)
      return
    }
    let scale = (data.mean / Double(count)).squareRoot()
    var coefficients = data.pieces.indices.map { piece in
      Self.draws(
        [data.pieces[piece].count, count], scale,
        SeededGenerator(seed: seed, purpose: "non-negative coefficients", index: piece))
    }
    // Hᵀ: then both factors have one row per image or feature, and the same sweep serves both.
    var parts = Self.draws(
      [features.dimension, count], scale, SeededGenerator(seed: seed, purpose: "non-negative parts"))
    var error = Double.infinity
    var iterationCount = 0
    var hasSettled = false
    while !hasSettled, iterationCount < Self.iterationLimit {
      let (old, fixed, gram) = (coefficients, parts, parts.transposedProduct(with: parts))
      coefficients = Workers.map(count: old.count, workerCount: workerCount) { piece in
        var piecewise = old[piece]
        Self.sweep(&piecewise, products: data.products(piece, with: fixed), gram: gram)
        return piecewise
      }
      let sums = data.sums(with: coefficients, workerCount: workerCount)
      Self.sweep(&parts, products: sums.products, gram: sums.gram)
      iterationCount += 1
      guard iterationCount.isMultiple(of: Self.iterationsBetweenChecks) else { continue }
      let next = data.squares + Self.difference(sums, parts)
      hasSettled = error - next < Self.tolerance * error
      error = next
    }
    self.iterationCount = iterationCount
    explainedShare =
      1 - data.squaredError(coefficients, parts, workerCount: workerCount) / data.squares
    directions = Self.directions(
      Self.sortedParts(parts, data.sums(with: coefficients, workerCount: workerCount).gram),
      dimension: features.dimension)
  }

  private static func draws(_ shape: [Int], _ scale: Double, _ generator: SeededGenerator) -> Tensor {
    var generator = generator
    return Tensor(
      shape: shape, elements: generator.normals(shape.reduce(1, *)).map { abs($0) * Float(scale) })
  }

  /// One pass over all coefficients of all rows.
  ///
  ///     a_j ← max(0, a_j − (Σ_l a_l G_lj − P_j) / G_jj),   j = 0, 1, …
  ///
  /// - Parameters:
  ///   - rows: a, `[rows, count]`.
  ///   - products: P, products of the data's rows with the other factor, `[rows, count]`.
  ///   - gram: G, the Gram matrix of the other factor, `[count, count]`.
  static func sweep(_ rows: inout Tensor, products: Tensor, gram: Tensor) {
    let count = gram.count
    var slopes = rows.product(with: gram)
    rows.elements.withUnsafeMutableBufferPointer { rows in
      slopes.elements.withUnsafeMutableBufferPointer { slopes in
        products.elements.withUnsafeBufferPointer { products in
          gram.elements.withUnsafeBufferPointer { gram in
            for place in slopes.indices { slopes[place] -= products[place] }
            for start in stride(from: 0, to: rows.count, by: count) {
              let slope = slopes.baseAddress! + start
              for index in 0..<count {
                let curvature = gram[index * (count + 1)]
                guard curvature > 0 else { continue }
                let old = rows[start + index]
                let new = max(0, old - slope[index] / curvature)
                guard new != old else { continue }
                rows[start + index] = new
                let (step, column) = (new - old, gram.baseAddress! + index * count)
                for other in 0..<count { slope[other] += step * column[other] }
              }
            }
          }
        }
      }
    }
  }

  /// ‖X − W H‖² − ‖X‖² = ⟨WᵀW, H Hᵀ⟩ − 2 ⟨Wᵀ X, H⟩.
  private static func difference(_ sums: (products: Tensor, gram: Tensor), _ parts: Tensor) -> Double {
    func product(_ first: Tensor, _ second: Tensor) -> Double {
      zip(first.elements, second.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return product(sums.gram, parts.transposedProduct(with: parts)) - 2 * product(sums.products, parts)
  }

  /// Rows of H of unit length, the largest part first; parts that are 0 left out.
  private static func sortedParts(_ parts: Tensor, _ gram: Tensor) -> [[Float]] {
    let count = gram.count
    let rows = (0..<count).map { part in (0..<parts.count).map { Double(parts.elements[$0 * count + part]) } }
    let sizes = rows.enumerated().map { part, row in
      (Double(gram.elements[part * (count + 1)]) * row.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }
    let order = (0..<count).sorted { sizes[$0] > sizes[$1] || (sizes[$0] == sizes[$1] && $0 < $1) }
    return order.filter { sizes[$0] > 0 }.map { unitLength(rows[$0]) }
  }

  private static func directions(_ rows: [[Float]], dimension: Int) -> DirectionSet {
    DirectionSet(
      kind: .nonNegativeFactors, ids: rows.indices.map { "f" + padded($0, to: 3) },
      matrix: Tensor(shape: [rows.count, dimension], elements: rows.flatMap { $0 }))
  }
}

/// A feature below 0: such features are not sums of non-negative parts. Read the layer after its rectifier.
public struct NegativeFeature: Error, Equatable, CustomStringConvertible {
  public let layer: String
  public let row: Int
  public let column: Int
  public let value: Float

  public var description: String {
    "feature \(column) of image \(row) in layer \(layer) is \(value); non-negative factors need features of at least 0"
  }
}
