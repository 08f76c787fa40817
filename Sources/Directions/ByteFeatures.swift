import CKernels
import Tensors

/// Features rounded to bytes, to find the few images that may be at the top of a direction.
///
///     φ = a + S q + r,     S v = t w + e,     q ∈ {0, …, 255}ᵈ,  w ∈ {−127, …, 127}ᵈ
///
///     ⟨φ, v⟩ = t ⟨q, w⟩ + (⟨a, v⟩ + ⟨m, e⟩) + ⟨q − m, e⟩ + ⟨r, v⟩
///
/// S is diagonal, m any fixed vector. The bracket is the same for all images of a direction, so it changes no
/// ranking and is never computed. With s = ⟨q, w⟩, an integer without error, f the exact score of the image
/// rounded to Float and K that constant, Cauchy and Schwarz give
///
///     |f − K − t s| ≤ ‖r‖ ‖v‖ + ‖q − m‖ ‖e‖ + ρ ‖φ‖ ‖v‖ + η  =: t E
///
/// where ρ covers the roundings of f (to Float, 2⁻²⁴, and in the sum in Double) and η = 2⁻¹⁴⁹ the rounding of a
/// subnormal f. Norms are those of the remainders that rounding left, not estimates.
///
/// **Nothing is missed.** Let θ be the k-th largest s − E of the images seen so far. Then k images have
/// f ≥ K + t θ. An image with s + E < θ has f < K + t θ, so all k precede it strictly, whatever the indices.
/// Every other image is kept; at the end those that still have s + E ≥ θ get their exact score, and the total
/// order decides.
///
/// E is formed for the worst image of a panel of 48. An outlier widens the bound of its panel only.
struct ByteFeatures: Sendable {
  /// Scores in 32 bits are exact up to here, and differ from a threshold by less than 2³¹.
  static let largestDimension = 32768

  private let features: FeatureMatrix
  private let instructions: byte_product_instructions
  private let grid: Grid
  private let panels: Panels
  /// Per panel, ‖r‖ + ρ‖φ‖ or more for each of its images.
  private let residuals: [Double]
  /// Per panel, ‖q − m‖ or more.
  private let distances: [Double]
  /// ‖φ‖ or more, for all images.
  private let largestNorm: Double
  /// r = 0 for all images.
  private let isExact: Bool

  private static let panelLength = Int(byte_product_panel_length)
  private static let groupLength = Int(byte_product_group_length)
  /// Above the roundings of some thousand operations in Double.
  static let roundedUp = 1 + 0x1p-30

  init(_ features: FeatureMatrix, instructions: byte_product_instructions, workerCount: Int) {
    precondition(
      features.dimension <= Self.largestDimension,
      "at most \(Self.largestDimension) features fit sums of 32 bits, got \(features.dimension)")
    self.features = features
    self.instructions = instructions
    let grid = Grid(features, levels: Int(byte_product_levels(instructions)), workerCount: workerCount)
    self.grid = grid
    let (imageCount, dimension, quadCount) = (features.imageCount, features.dimension, grid.quadCount)
    let panelCount = (imageCount + Self.panelLength - 1) / Self.panelLength
    let panelBytes = quadCount * Self.panelLength * 4
    let pieces = Workers.pieces(of: panelCount, length: 32)
    let panels = Panels(count: panelCount, length: panelBytes)
    self.panels = panels
    let bounds = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      grid.withKernelGrid { kernelGrid in
        features.values.elements.withUnsafeBufferPointer { rows in
          pieces[piece].map { panel in
            let first = panel * Self.panelLength
            var bound = (residual: 0.0, distance: 0.0)
            byte_product_pack(
              instructions, kernelGrid, rows.baseAddress! + first * dimension,
              min(Self.panelLength, imageCount - first), panels[panel], &bound.residual, &bound.distance)
            return bound
          }
        }
      }
    }.flatMap { $0 }
    // ρ: 2⁻²⁴ and d roundings of 2⁻⁵³, doubled for those of r itself.
    let relative = 0x1p-23 + Double(dimension + 4) * 0x1p-51
    let gridNorm = grid.norm
    residuals = bounds.map { ($0.residual + relative * (gridNorm + $0.residual)) * Self.roundedUp }
    distances = bounds.map { $0.distance * Self.roundedUp }
    let largest = bounds.reduce(0.0) { max($0, $1.residual) }
    largestNorm = (gridNorm + largest) * Self.roundedUp
    isExact = largest == 0
  }

  /// Top images of each direction, `nil` where bytes are too coarse to tell the images apart.
  ///
  /// - Parameter directions: `[count, dimension]`.
  func topImages(along directions: Tensor, count: Int, firstImage: Int, workerCount: Int) -> [[RankedImage]?]
  {
    guard features.imageCount > 0 else { return [[RankedImage]?](repeating: [], count: directions.count) }
    // Directions of a chunk, their lists and a panel stay in a core's second-level cache.
    let share = (directions.count + workerCount - 1) / workerCount
    let groups = max(1, min(256, share + Self.groupLength - 1) / Self.groupLength)
    let chunks = Workers.pieces(of: directions.count, length: groups * Self.groupLength)
    return Workers.map(count: chunks.count, workerCount: workerCount) { chunk in
      topImages(along: directions, rows: chunks[chunk], count: count, firstImage: firstImage)
    }.flatMap { $0 }
  }

  private func topImages(along directions: Tensor, rows: Range<Int>, count: Int, firstImage: Int)
    -> [[RankedImage]?]
  {
    let imageCount = features.imageCount
    let pass = BytePass(
      directions: directions, rows: rows, scale: grid.scale, imageCount: imageCount,
      topCount: min(count, imageCount), largestNorm: largestNorm, isExact: isExact)
    // Images often lie in the order of their classes. Leaping over them raises the thresholds early.
    var panel = 0
    let leap = Self.leap(over: residuals.count)
    for _ in residuals.indices where pass.isWorthwhile {
      pass.visit(
        panels[panel], firstImage: panel * Self.panelLength, residual: residuals[panel],
        distance: distances[panel], instructions: instructions)
      panel = (panel + leap) % residuals.count
    }
    return rows.enumerated().map { place, row in
      pass.candidates(of: place).map { images in
        var best = TopList(capacity: min(count, imageCount))
        for (image, score) in zip(images, exactScores(of: images, along: directions, row: row)) {
          best.offer(RankedImage(imageIndex: firstImage + Int(image), score: score))
        }
        return best.sorted
      }
    }
  }

  private func exactScores(of images: [Int32], along directions: Tensor, row: Int) -> [Float] {
    let dimension = features.dimension
    return features.values.elements.withUnsafeBufferPointer { features in
      directions.elements.withUnsafeBufferPointer { directions in
        [Float](unsafeUninitializedCapacity: images.count) { scores, initializedCount in
          exact_scores(
            features.baseAddress!, dimension, images, images.count, directions.baseAddress! + row * dimension,
            scores.baseAddress)
          initializedCount = images.count
        }
      }
    }
  }

  /// A step near the golden section of `count` that reaches every panel.
  private static func leap(over count: Int) -> Int {
    func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }
    var leap = max(1, Int(Double(count) * 0.618))
    while commonDivisor(leap, count) != 1 { leap += 1 }
    return leap
  }
}

/// The bytes of all images, aligned for vectors of 64.
///
/// Sendable, because `ByteFeatures.init` alone writes, each panel from one thread, before anyone reads.
private final class Panels: @unchecked Sendable {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let length: Int

  init(count: Int, length: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count * length, 64), alignment: 64)
    bytes = memory.bindMemory(to: UInt8.self, capacity: count * length)
    self.length = length
  }

  deinit { bytes.deallocate() }

  subscript(panel: Int) -> UnsafeMutablePointer<UInt8> { bytes + panel * length }
}

/// a, S and m: where the bytes of each feature lie.
private struct Grid: Sendable {
  let offset: [Float]
  let scale: [Float]
  private let inverseScale: [Float]
  private let centre: [Float]
  private let levels: Int

  /// Bytes cover all values of a feature, but for outliers: values further beyond those of a sample of images
  /// than three times their range. Outliers go to the nearest byte and into r.
  init(_ features: FeatureMatrix, levels: Int, workerCount: Int) {
    let (count, dimension) = (features.imageCount, features.dimension)
    let pieces = Workers.pieces(of: count, length: 2048)
    let partial = Workers.map(count: pieces.count, workerCount: workerCount) {
      Extent(features, images: Array(pieces[$0]))
    }
    let whole = Extent(partial, dimension: dimension)
    let sample = Extent(
      features, images: Array(stride(from: 0, to: count, by: max(1, count / 1024))))
    var (offset, scale, inverse, centre) = ([Float](), [Float](), [Float](), [Float]())
    for feature in 0..<dimension where count > 0 {
      let (low, high) = (Double(sample.lowest[feature]), Double(sample.highest[feature]))
      let range = high - low
      var (first, last) = (Double(whole.lowest[feature]), Double(whole.highest[feature]))
      if range > 0 {
        if first < low - 3 * range { first = low - range / 2 }
        if last > high + 3 * range { last = high + range / 2 }
      }
      offset.append(Float(first))
      scale.append(Float((last - first) / Double(levels)))
      let step = scale[feature]
      inverse.append(step > 0 ? 1 / step : 0)
      centre.append(
        step > 0 ? Float((sample.sums[feature] / Double(sample.count) - first) / Double(step)) : 0)
    }
    self.offset = offset
    self.scale = scale
    inverseScale = inverse
    self.centre = centre
    self.levels = levels
  }

  var quadCount: Int { (scale.count + 3) / 4 }

  /// ‖a‖ + ‖S q‖ or more, for any bytes q.
  var norm: Double { (Norm.l2(offset) + Double(levels) * Norm.l2(scale)) * ByteFeatures.roundedUp }

  func withKernelGrid<Result>(_ body: (UnsafePointer<byte_product_grid>) -> Result) -> Result {
    offset.withUnsafeBufferPointer { offset in
      scale.withUnsafeBufferPointer { scale in
        inverseScale.withUnsafeBufferPointer { inverse in
          centre.withUnsafeBufferPointer { centre in
            var grid = byte_product_grid(
              offset: offset.baseAddress, scale: scale.baseAddress, inverseScale: inverse.baseAddress,
              centre: centre.baseAddress, dimension: offset.count, quadCount: quadCount)
            return body(&grid)
          }
        }
      }
    }
  }
}

/// Lowest and highest value and the sum of each feature over some images.
private struct Extent: Sendable {
  private(set) var lowest: [Float]
  private(set) var highest: [Float]
  private(set) var sums: [Double]
  private(set) var count: Int

  private init(dimension: Int) {
    lowest = [Float](repeating: .infinity, count: dimension)
    highest = [Float](repeating: -.infinity, count: dimension)
    sums = [Double](repeating: 0, count: dimension)
    count = 0
  }

  init(_ features: FeatureMatrix, images: [Int]) {
    let dimension = features.dimension
    self.init(dimension: dimension)
    count = images.count
    features.values.elements.withUnsafeBufferPointer { values in
      lowest.withUnsafeMutableBufferPointer { lowest in
        highest.withUnsafeMutableBufferPointer { highest in
          sums.withUnsafeMutableBufferPointer { sums in
            let (low, high, sum) = (lowest.baseAddress!, highest.baseAddress!, sums.baseAddress!)
            for image in images {
              let row = values.baseAddress! + image * dimension
              for feature in 0..<dimension {
                let value = row[feature]
                low[feature] = value < low[feature] ? value : low[feature]
                high[feature] = value > high[feature] ? value : high[feature]
                sum[feature] += Double(value)
              }
            }
          }
        }
      }
    }
  }

  init(_ parts: [Extent], dimension: Int) {
    self.init(dimension: dimension)
    for part in parts {
      count += part.count
      for feature in 0..<dimension {
        lowest[feature] = min(lowest[feature], part.lowest[feature])
        highest[feature] = max(highest[feature], part.highest[feature])
        sums[feature] += part.sums[feature]
      }
    }
  }
}
