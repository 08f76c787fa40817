import Tensors

/// Images that occur more than once in a probe set, or nearly so.
///
///     x is a copy of y:  √( mean over the values of (xᵢ − yᵢ)² ) ≤ tolerance,   y the first image of its group
///
/// Duplicates are coherent by definition: they enter a top set together. Remove ``redundant`` before any ranking, and
/// list them. Shifted and mirrored copies are not found.
public struct DuplicateImages: Equatable, Codable, Sendable {
  /// Groups of equal or similar images, each ascending, in the order of their first images.
  public let groups: [[Int]]

  /// Finds images that are identical bit for bit.
  ///
  /// - Parameters:
  ///   - images: `[count, …]`.
  ///   - workerCount: Changes the time only.
  public init(in images: Tensor, workerCount: Int = Workers.defaultCount) {
    let length = images.rowLength
    let pieces = Workers.pieces(of: images.count, length: 1024)
    let hashes = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      images.elements.withUnsafeBytes { bytes in
        pieces[piece].map { image in
          // Differs from run to run, but only determines which images to compare.
          var hasher = Hasher()
          hasher.combine(
            bytes: UnsafeRawBufferPointer(rebasing: bytes[4 * image * length..<4 * (image + 1) * length]))
          return hasher.finalize()
        }
      }
    }
    var groups: [[Int]] = []
    var candidates: [Int: [Int]] = [:]  // groups by hash
    for (image, hash) in hashes.joined().enumerated() {
      let group = candidates[hash, default: []].first { Self.areEqual(images, groups[$0][0], image) }
      if let group {
        groups[group].append(image)
      } else {
        candidates[hash, default: []].append(groups.count)
        groups.append([image])
      }
    }
    self.groups = groups.filter { $0.count > 1 }
  }

  /// Finds images whose root-mean-square difference is at most `tolerance`.
  ///
  /// All pairs are compared: count² / 2 · length multiplications. An image joins the earliest group whose first image
  /// is within the tolerance, so that a chain of small differences does not grow into one group.
  ///
  /// - Parameters:
  ///   - images: `[count, …]`, finite.
  ///   - tolerance: In the units of the values, not negative.
  ///   - workerCount: Changes the time only.
  public init(in images: Tensor, tolerance: Double, workerCount: Int = Workers.defaultCount) {
    precondition(tolerance >= 0 && tolerance.isFinite, "a tolerance is not negative, got \(tolerance)")
    let earlier = Self.nearPairs(images, tolerance: tolerance, workerCount: workerCount)
    var groups: [Int: [Int]] = [:]
    for image in 0..<images.count {
      if let first = earlier[image].first(where: { groups[$0] != nil }) {
        groups[first]!.append(image)
      } else {
        groups[image] = [image]
      }
    }
    self.groups = groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// For each image the earlier ones within the tolerance, ascending.
  ///
  /// Products in single precision, with an error bound, select the candidate pairs; the distance in Double decides.
  private static func nearPairs(_ images: Tensor, tolerance: Double, workerCount: Int) -> [[Int]] {
    let length = images.rowLength
    let limit = tolerance * tolerance * Double(length)
    let squares = Workers.map(count: images.count, workerCount: workerCount) { image in
      images[row: image].reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let slack = singlePrecisionErrorFactor(terms: length + 2)
    let pieces = Workers.pieces(of: images.count, length: 256)
    let found = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      let rows = pieces[piece]
      let columnCount = rows.upperBound
      var products = [Float](repeating: 0, count: rows.count * columnCount)
      images.elements.withUnsafeBufferPointer { elements in
        products.withUnsafeMutableBufferPointer { products in
          let block = UnsafeBufferPointer(
            rebasing: elements[rows.lowerBound * length..<rows.upperBound * length])
          let before = UnsafeBufferPointer(rebasing: elements[..<(columnCount * length)])
          MutableMatrixView(products, rows: rows.count, columns: columnCount).assignProduct(
            MatrixView(block, rows: rows.count, columns: length),
            MatrixView(before, rows: columnCount, columns: length).transposed)
        }
      }
      return rows.map { image in
        (0..<image).filter { other in
          let product = Double(products[(image - rows.lowerBound) * columnCount + other])
          // |⟨x, y⟩ − product| ≤ γ ‖x‖ ‖y‖ ≤ γ (‖x‖² + ‖y‖²) / 2
          let sum = squares[image] + squares[other]
          guard sum - 2 * product - slack * sum <= limit else { return false }
          let distance = zip(images[row: image], images[row: other]).reduce(0.0) {
            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
          }
          return distance <= limit
        }
      }
    }
    return found.flatMap { $0 }
  }

  /// All but the first image of each group, ascending.
  public var redundant: [Int] { groups.flatMap { $0.dropFirst() }.sorted() }

  private static func areEqual(_ images: Tensor, _ first: Int, _ second: Int) -> Bool {
    zip(images[row: first], images[row: second]).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}
