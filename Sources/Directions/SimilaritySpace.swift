import Tensors

/// A space in which images are compared: the features of an encoder, centred and of unit length.
///
///     u(x) = (E(x) − m) / ‖E(x) − m‖₂,   m = mean of E over the probe set,   s(x, y) = ⟨u(x), u(y)⟩
///
/// E is any feature matrix over the same images: pixels, or a layer of a reference network. Do not use the network
/// whose directions are evaluated: a large ⟨φ, v⟩ already forces the φ of a top set together, so their similarity in φ
/// proves nothing. A reference network has another architecture and another seed.
///
/// An image at the mean has no direction; its u is 0 and its similarity to all images is 0.
public struct SimilaritySpace: Sendable {
  /// Name in tables: `pixels`, `reference`.
  public let name: String
  public let imageCount: Int
  public let dimension: Int
  /// The mean s over all pairs of different images: the expected coherence of random sets, close to 0. `nil` for fewer
  /// than two images.
  public let chanceCoherence: Double?
  /// u in rows.
  private let units: [Float]
  private let labels: ClassLabels
  /// The sum of ⟨u(x), u(y)⟩ over x of one class and y of the same or another, including y = x, `[class, class]`.
  private let classProducts: [Double]
  /// Sum of ‖u(x)‖² over the images of each class.
  private let classSquares: [Double]

  /// - Parameters:
  ///   - features: Features of the probe set from the encoder.
  ///   - labels: Labels of the same images.
  ///   - workerCount: Changes the time only.
  public init(
    of features: FeatureMatrix, labels: ClassLabels, name: String, workerCount: Int = Workers.defaultCount
  ) {
    precondition(
      features.imageCount == labels.values.count,
      "\(labels.values.count) labels are not those of \(features.imageCount) images")
    self.name = name
    imageCount = features.imageCount
    dimension = features.dimension
    self.labels = labels
    units = Self.centredUnits(of: features.values, workerCount: workerCount)
    (classProducts, classSquares) = Self.classTotals(
      of: units, dimension: dimension, labels, workerCount: workerCount)
    let squares = classSquares.reduce(0, +)
    chanceCoherence =
      imageCount >= 2
      ? (classProducts.reduce(0, +) - squares) / (Double(imageCount) * Double(imageCount - 1)) : nil
  }

  /// Mean similarity over pairs of different images of a set.
  ///
  ///     coherence = Σ_{i<j} s(xᵢ, xⱼ) / (k (k − 1) / 2) = (‖Σᵢ uᵢ‖² − Σᵢ ‖uᵢ‖²) / (k (k − 1))
  ///
  /// - Parameter images: Each at most once.
  /// - Returns: In [−1 / (k − 1), 1]; ``chanceCoherence`` on average for random images. `nil` for fewer than two.
  public func coherence(of images: [Int]) -> Double? {
    guard images.count >= 2 else { return nil }
    var sum = [Double](repeating: 0, count: dimension)
    add(images, scale: 1, to: &sum)
    let squares = images.reduce(0) { $0 + Self.square(units[$1 * dimension..<($1 + 1) * dimension]) }
    let pairs = Double(images.count) * Double(images.count - 1)
    return (Self.square(sum[...]) - squares) / pairs
  }

  /// Expected coherence of random images with the same labels.
  ///
  ///     E = ( Σ_c n_c (n_c − 1) s_cc + Σ_{c≠d} n_c n_d s_cd ) / (k (k − 1))
  ///
  /// with s_cd the mean similarity of two different images of classes c and d in the whole probe set. This is the mean
  /// over all sets with these labels, so no sampling is needed.
  ///
  /// - Parameter images: Each at most once; only their labels count.
  /// - Returns: `nil` for fewer than two.
  public func expectedCoherence(forLabelsOf images: [Int]) -> Double? {
    guard images.count >= 2 else { return nil }
    let counts = labels.counts(among: images)
    let present = counts.indices.filter { counts[$0] > 0 }
    var total = 0.0
    for first in present {
      let members = labels.imageCounts[first]
      if counts[first] >= 2 {
        let within = classProducts[first * labels.classCount + first] - classSquares[first]
        total +=
          Double(counts[first] * (counts[first] - 1)) * within / (Double(members) * Double(members - 1))
      }
      for second in present where second != first {
        let between = classProducts[first * labels.classCount + second]
        total +=
          Double(counts[first] * counts[second]) * between
          / (Double(members) * Double(labels.imageCounts[second]))
      }
    }
    return total / (Double(images.count) * Double(images.count - 1))
  }

  /// How much closer the high query is to the high references than to the low ones, minus the same for the low query.
  ///
  ///     Δ = [s(q⁺, E⁺) − s(q⁺, E⁻)] − [s(q⁻, E⁺) − s(q⁻, E⁻)] = ⟨u(q⁺) − u(q⁻), mean u(E⁺) − mean u(E⁻)⟩
  func margin(of trial: ChoiceTrial) -> Double {
    var queries = [Double](repeating: 0, count: dimension)
    var references = [Double](repeating: 0, count: dimension)
    add([trial.highQuery], scale: 1, to: &queries)
    add([trial.lowQuery], scale: -1, to: &queries)
    add(trial.highReferences, scale: 1 / Double(trial.highReferences.count), to: &references)
    add(trial.lowReferences, scale: -1 / Double(trial.lowReferences.count), to: &references)
    return zip(queries, references).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func add(_ images: [Int], scale: Double, to sum: inout [Double]) {
    units.withUnsafeBufferPointer { units in
      sum.withUnsafeMutableBufferPointer { sum in
        for image in images {
          let unit = units.baseAddress! + image * dimension
          for index in 0..<dimension { sum[index] += scale * Double(unit[index]) }
        }
      }
    }
  }

  private static func square(_ vector: ArraySlice<some BinaryFloatingPoint>) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }
  }

  /// The split of the rows and the order of the sums do not depend on the number of workers.
  private static func centredUnits(of values: Tensor, workerCount: Int) -> [Float] {
    let dimension = values.shape[1]
    let pieces = Workers.pieces(of: values.count, length: 1024)
    let sums = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      var sum = [Double](repeating: 0, count: dimension)
      for image in pieces[piece] {
        for (index, value) in values[row: image].enumerated() { sum[index] += Double(value) }
      }
      return sum
    }
    let mean = (0..<dimension).map { index in
      sums.reduce(0) { $0 + $1[index] } / Double(max(values.count, 1))
    }
    let blocks = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      var units: [Float] = []
      units.reserveCapacity(pieces[piece].count * dimension)
      for image in pieces[piece] {
        let centred = zip(values[row: image], mean).map { Double($0) - $1 }
        let length = square(centred[...]).squareRoot()
        units += centred.map { length > 0 ? Float($0 / length) : 0 }
      }
      return units
    }
    return Array(blocks.joined())
  }

  private static func classTotals(
    of units: [Float], dimension: Int, _ labels: ClassLabels, workerCount: Int
  ) -> (products: [Double], squares: [Double]) {
    var members = [[Int]](repeating: [], count: labels.classCount)
    for (image, label) in labels.values.enumerated() { members[label].append(image) }
    let groups = members
    let totals = Workers.map(count: groups.count, workerCount: workerCount) { label in
      var sum = [Double](repeating: 0, count: dimension)
      var squares = 0.0
      for image in groups[label] {
        for (index, value) in units[image * dimension..<(image + 1) * dimension].enumerated() {
          sum[index] += Double(value)
          squares += Double(value) * Double(value)
        }
      }
      return (sum: sum, squares: squares)
    }
    let products = Workers.map(count: totals.count, workerCount: workerCount) { first in
      totals.map { second in
        zip(totals[first].sum, second.sum).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return (Array(products.joined()), totals.map(\.squares))
  }
}
