import CKernels
import Tensors

/// Features rounded to bytes, to find the few images that may be at the top of a direction's ranking.
///
///     φ = a + S q + r,     S v = t w + e,     q ∈ {0, …, 255}ᵈ,  w ∈ {−127, …, 127}ᵈ
///
///     ⟨φ, v⟩ = t ⟨q, w⟩ + (⟨a, v⟩ + ⟨m, e⟩) + ⟨q − m, e⟩ + ⟨r, v⟩
///
/// S is diagonal, m any fixed vector. The term in parentheses, K, is the same for all images of a direction and changes
/// no ranking. With s = ⟨q, w⟩, an exact integer, and f the exact score of the image rounded to Float, the
/// Cauchy–Schwarz inequality gives
///
///     |f − K − t s| ≤ ‖r‖ ‖v‖ + ‖q − m‖ ‖e‖ + ρ ‖φ‖ ‖v‖ + η  =: t E
///
/// where ρ bounds the roundings of f (to Float, 2⁻²⁴, and in the sum in Double) and η = 2⁻¹⁴⁹ the rounding of a
/// subnormal f. Norms are those of the actual rounding remainders, not estimates.
///
/// **Nothing is missed.** Let θ be the k-th largest s − E of the images seen so far. Then k images have
/// f ≥ K + t θ. An image with s + E < θ has f < K + t θ, so all k precede it strictly, whatever the indices. Every
/// other image is kept. Scores of previously ranked images raise θ from the start. A few times on the way, and at the
/// end, the k most promising of those kept get a score in single precision, minus its error bound: with f_k the lowest
/// of these, (f_k − K) / t may replace θ, which nearly halves the gap. At the end all that still have s + E ≥ θ get a
/// score in single precision, those that it cannot distinguish from the k best an exact one, and the total order
/// decides.
///
/// E is computed for the worst image of a panel of 48. An outlier widens only the bound of its panel.
struct ByteFeatures: Sendable {
  /// Scores in 32 bits are exact up to this dimension, and differ from a threshold by less than 2³¹.
  static let largestDimension = 32768

  private let features: FeatureMatrix
  private let instructions: byte_product_instructions
  private let grid: ByteGrid
  private let panels: Panels
  /// Per panel, an upper bound on ‖r‖ + ρ‖φ‖ of each of its images.
  private let residuals: [Double]
  /// Per panel, an upper bound on ‖q − m‖.
  private let distances: [Double]
  /// An upper bound on ‖φ‖ of all images.
  private let largestNorm: Double
  /// Whether r = 0 for all images.
  private let isExact: Bool

  private static let panelLength = Int(byte_product_panel_length)
  private static let groupLength = Int(byte_product_group_length)
  /// Covers the roundings of a few thousand operations in Double.
  static let roundedUp = 1 + 0x1p-30

  init(_ features: FeatureMatrix, instructions: byte_product_instructions, workerCount: Int) {
    precondition(
      features.dimension <= Self.largestDimension,
      "at most \(Self.largestDimension) features fit sums of 32 bits, got \(features.dimension)")
    self.features = features
    self.instructions = instructions
    let grid = ByteGrid(features, instructions: instructions, workerCount: workerCount)
    self.grid = grid
    let (imageCount, dimension, quadCount) = (features.imageCount, features.dimension, grid.quadCount)
    let panelCount = (imageCount + Self.panelLength - 1) / Self.panelLength
    let panelBytes = quadCount * Self.panelLength * 4
    let pieces = Workers.pieces(of: panelCount, length: 32)
    let panels = Panels(count: panelCount, length: panelBytes)
    self.panels = panels
    let bounds = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      grid.withKernelGrid { kernelGrid in
        features.withValues { rows in
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
    // ρ: 2⁻²⁴ and d roundings of 2⁻⁵³, doubled to cover those of r itself.
    let relative = 0x1p-23 + Double(dimension + 4) * 0x1p-51
    let gridNorm = grid.norm
    residuals = bounds.map { ($0.residual + relative * (gridNorm + $0.residual)) * Self.roundedUp }
    distances = bounds.map { $0.distance * Self.roundedUp }
    let largest = bounds.reduce(0.0) { max($0, $1.residual) }
    largestNorm = (gridNorm + largest) * Self.roundedUp
    isExact = largest == 0
  }

  /// The top images of each direction, `nil` where bytes are too coarse to separate the images.
  ///
  /// - Parameters:
  ///   - directions: `[count, dimension]`.
  ///   - floors: A score per direction; images below it may be omitted. nil for no floors.
  func topImages(
    along directions: Tensor, count: Int, firstImage: Int, floors: [Float]? = nil, workerCount: Int
  ) -> [[RankedImage]?] {
    let floors = floors ?? [Float](repeating: -.infinity, count: directions.count)
    guard features.imageCount > 0 else { return [[RankedImage]?](repeating: [], count: directions.count) }
    // Directions of a chunk, their lists and a panel stay in a core's second-level cache.
    let share = (directions.count + workerCount - 1) / workerCount
    let groups = max(1, min(256, share + Self.groupLength - 1) / Self.groupLength)
    let chunks = Workers.pieces(of: directions.count, length: groups * Self.groupLength)
    return Workers.map(count: chunks.count, workerCount: workerCount) { chunk in
      topImages(
        along: directions, rows: chunks[chunk], count: count, firstImage: firstImage, floors: floors)
    }.flatMap { $0 }
  }

  private func topImages(
    along directions: Tensor, rows: Range<Int>, count: Int, firstImage: Int, floors: [Float]
  ) -> [[RankedImage]?] {
    let count = min(count, features.imageCount)
    let pass = BytePass(
      features: features, directions: directions, rows: rows, grid: grid, topCount: count,
      largestNorm: largestNorm, isExact: isExact, instructions: instructions, floors: floors)
    // Images are often sorted by class. Leaping over them raises the thresholds early.
    var panel = 0
    let leap = Self.leap(over: residuals.count)
    var nextSharpening = 16
    for visited in residuals.indices where pass.isWorthwhile {
      pass.visit(
        panels[panel], firstImage: panel * Self.panelLength, residual: residuals[panel],
        distance: distances[panel])
      panel = (panel + leap) % residuals.count
      if visited == nextSharpening {
        pass.sharpen()
        nextSharpening *= 4
      }
    }
    return (0..<rows.count).map { pass.topImages(of: $0, firstImage: firstImage) }
  }

  /// A step near the golden-ratio fraction of `count` that reaches every panel.
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
