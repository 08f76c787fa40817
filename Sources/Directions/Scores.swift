import Tensors

/// Scores ⟨φ(x), v⟩ of blocks of images along a few directions at a time.
///
/// A matrix product in single precision is fast but its last bits depend on the block, the library and the machine. So
/// it only proposes: a decision between two scores uses the exact ones if the product is within ``uncertainty`` of it.
struct Scores: Sendable {
  let features: FeatureMatrix
  /// `nil` for coordinate axes, which are columns of the features.
  private let matrix: Tensor?
  private let axes: [Int]
  let directionCount: Int
  /// Per direction, a bound on |product − exact score rounded to Float|; 0 for coordinate axes.
  let uncertainty: [Float]

  init(features: FeatureMatrix, directions: DirectionSet) {
    precondition(
      features.dimension == directions.dimension,
      "features of dimension \(features.dimension) have no scores along directions of \(directions.dimension)"
    )
    self.features = features
    directionCount = directions.count
    switch directions.storage {
    case .axes(let indices):
      axes = indices
      matrix = nil
      uncertainty = [Float](repeating: 0, count: indices.count)
    case .matrix(let directions):
      axes = []
      matrix = directions
      // |Σ aᵢbᵢ| ≤ ‖a‖‖b‖ (Cauchy–Schwarz). One more rounding for the exact score, another
      // for the difference that it is used in; the smallest normal number covers underflow.
      let factor = singlePrecisionErrorFactor(terms: features.dimension + 2)
      let dimension = features.dimension
      let longest = features.withValues { values in
        (0..<features.imageCount).reduce(0.0) {
          max($0, Norm.l2(values[$1 * dimension..<($1 + 1) * dimension]))
        }
      }
      uncertainty = (0..<directions.count).map {
        (Float(factor * longest * Norm.l2(directions[row: $0])) + .leastNormalMagnitude).nextUp
      }
    }
  }

  /// Cuts the directions into pieces of at most `limit`, and at least one for each worker if there are enough.
  func directionChunks(workerCount: Int, limit: Int) -> [Range<Int>] {
    let share = (directionCount + workerCount - 1) / workerCount
    let size = max(1, min(limit, share))
    return Workers.pieces(of: directionCount, length: size)
  }

  /// The score added up in Double, in the order of the features, rounded to Float.
  func exact(image: Int, direction: Int) -> Float {
    let dimension = features.dimension
    guard let matrix else {
      return features.withValues { $0[image * dimension + axes[direction]] } + 0  // −0 becomes 0
    }
    return features.withValues { features in
      matrix.elements.withUnsafeBufferPointer { directions in
        let feature = features.baseAddress! + image * dimension
        let direction = directions.baseAddress! + direction * dimension
        var sum = 0.0
        for index in 0..<dimension { sum += Double(feature[index]) * Double(direction[index]) }
        return Float(sum)
      }
    }
  }

  /// Writes approximate scores `[directions.count, images.count]`, exact for coordinate axes.
  ///
  /// - Parameter stride: Number of floats from one direction's scores to the next.
  func write(
    images: Range<Int>, directions: Range<Int>, to scores: UnsafeMutableBufferPointer<Float>, stride: Int
  ) {
    let dimension = features.dimension
    features.withValues { elements in
      guard let matrix else {
        let axes = axes[directions]
        for (column, image) in images.enumerated() {
          let feature = elements.baseAddress! + image * dimension
          var place = column
          for axis in axes {
            scores[place] = feature[axis] + 0
            place += stride
          }
        }
        return
      }
      matrix.elements.withUnsafeBufferPointer { vectors in
        let left = MatrixView(
          UnsafeBufferPointer(
            rebasing: vectors[directions.lowerBound * dimension..<directions.upperBound * dimension]),
          rows: directions.count, columns: dimension)
        let right = MatrixView(
          UnsafeBufferPointer(
            rebasing: elements[images.lowerBound * dimension..<images.upperBound * dimension]),
          rows: images.count, columns: dimension)
        MutableMatrixView(scores, rows: directions.count, columns: images.count, stride: stride)
          .assignProduct(left, right.transposed)
      }
    }
  }

  /// Top images of a few directions: block product, threshold test, heap.
  ///
  /// - Parameter floors: A score per direction of the set; images below it may be left out.
  /// - Returns: One row per direction, best first.
  func topImages(ofDirections directions: Range<Int>, count: Int, firstImage: Int, floors: [Float])
    -> [[RankedImage]]
  {
    // The block's scores (≤ 256 KiB) and its features stay in a core's second-level cache.
    let blockLength = 512
    var lists = [TopList](
      repeating: TopList(capacity: min(count, max(features.imageCount, 1))), count: directions.count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: directions.count * blockLength) { scores in
      for start in stride(from: 0, to: features.imageCount, by: blockLength) {
        let images = start..<min(start + blockLength, features.imageCount)
        write(images: images, directions: directions, to: scores, stride: blockLength)
        for (row, direction) in directions.enumerated() {
          let proposed = UnsafeBufferPointer(
            rebasing: scores[row * blockLength..<row * blockLength + images.count])
          var next = 0
          while let found = firstCandidate(
            in: proposed, from: next,
            reaching: max(lists[row].threshold ?? -.infinity, floors[direction]) - uncertainty[direction])
          {
            let image = start + found
            lists[row].offer(
              RankedImage(imageIndex: firstImage + image, score: exact(image: image, direction: direction)))
            next = found + 1
          }
        }
      }
    }
    return lists.map(\.sorted)
  }
}

/// The first position whose score is not certainly below `bound`; a NaN (∞ − ∞ in the product) is not certain.
private func firstCandidate(
  in scores: UnsafeBufferPointer<Float>, from start: Int, reaching bound: Float
) -> Int? {
  let width = 16
  var position = start
  let bytes = UnsafeRawBufferPointer(scores)
  let bounds = SIMD16<Float>(repeating: bound)
  while position + width <= scores.count {
    let block = bytes.loadUnaligned(fromByteOffset: position * 4, as: SIMD16<Float>.self)
    if !all(block .< bounds) { break }
    position += width
  }
  while position < scores.count {
    if !(scores[position] < bound) { return position }
    position += 1
  }
  return nil
}
