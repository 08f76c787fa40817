import CKernels
import Tensors

/// A pass over all images, in bytes, along a few directions; ``ByteFeatures`` has the equations.
///
/// Used by one thread. Memory: directions × (k + the candidates kept), for any order of the images.
final class BytePass {
  private struct Candidate {
    let image: Int32
    /// s + E, rounded up.
    let highest: Int32
  }

  /// t, K with a bound on the error of its sum, and a bound on the error of scores in single precision.
  private struct Bracket {
    var uncertainty: Float = 0
    var step = 0.0
    var value = 0.0
    var error = 0.0
  }

  private enum Tightness {
    case open
    /// S v = 0, and r or v is zero as well: all scores are equal, and the first images are the top ones.
    case constant
    /// Too many images between θ and the bound, or scores beyond Float: bytes are unsuitable.
    case coarse
  }

  private let features: FeatureMatrix
  private let directions: Tensor
  private let rows: Range<Int>
  private let topCount: Int
  private let instructions: byte_product_instructions
  private let quadCount: Int
  /// The number of candidates of one direction before those below θ are dropped; half as many may stay: their exact
  /// scores then take about as long as all products in single precision.
  private let capacity: Int

  private let bytes: UnsafeMutablePointer<Int8>
  /// θ − (the part of E other than the two products), per direction; ∞ once no more images are wanted.
  private let reach: UnsafeMutablePointer<Double>
  private let perResidual: UnsafeMutablePointer<Double>
  private let perDistance: UnsafeMutablePointer<Double>
  private let perScore: UnsafeMutablePointer<Double>
  private let hits: UnsafeMutablePointer<byte_product_hit>
  /// Heaps of the k largest s − E, with the smallest, θ, first. `Int32.min` marks a free place and rejects nothing.
  private let lowest: UnsafeMutablePointer<Int32>
  /// (f_k − K) / t, rounded down, from images with a known score.
  private let known: UnsafeMutablePointer<Int32>
  private let brackets: UnsafeMutablePointer<Bracket>
  private let candidates: UnsafeMutablePointer<Candidate>
  private let candidateCounts: UnsafeMutablePointer<Int>
  private var tightness: [Tightness]
  private var coarseCount = 0

  /// - Parameters:
  ///   - directions: v in rows.
  ///   - rows: Rows of this pass.
  ///   - topCount: k, at most the number of images.
  ///   - largestNorm: At least ‖φ‖ of every image.
  ///   - isExact: r = 0 for all images.
  ///   - floors: A score per direction of the matrix; images below it may be left out.
  init(
    features: FeatureMatrix, directions: Tensor, rows: Range<Int>, grid: ByteGrid, topCount: Int,
    largestNorm: Double, isExact: Bool, instructions: byte_product_instructions, floors: [Float]
  ) {
    let imageCount = features.imageCount
    let groupLength = Int(byte_product_group_length)
    let padded = (rows.count + groupLength - 1) / groupLength * groupLength
    self.features = features
    self.directions = directions
    self.rows = rows
    self.topCount = topCount
    self.instructions = instructions
    quadCount = grid.quadCount
    capacity = min(8 * topCount + max(512, imageCount / 16), imageCount)
    bytes = .allocate(capacity: padded * quadCount * 4)
    bytes.initialize(repeating: 0, count: padded * quadCount * 4)
    reach = .allocate(capacity: padded)
    reach.initialize(repeating: .infinity, count: padded)
    (perResidual, perDistance, perScore) = (
      .allocate(capacity: padded), .allocate(capacity: padded), .allocate(capacity: padded)
    )
    for each in [perResidual, perDistance, perScore] { each.initialize(repeating: 0, count: padded) }
    hits = .allocate(capacity: padded * Int(byte_product_panel_length))
    lowest = .allocate(capacity: rows.count * topCount)
    lowest.initialize(repeating: .min, count: rows.count * topCount)
    known = .allocate(capacity: rows.count)
    known.initialize(repeating: .min, count: rows.count)
    brackets = .allocate(capacity: rows.count)
    brackets.initialize(repeating: Bracket(), count: rows.count)
    candidates = .allocate(capacity: rows.count * capacity)
    candidateCounts = .allocate(capacity: rows.count)
    candidateCounts.initialize(repeating: 0, count: rows.count)
    tightness = [Tightness](repeating: .open, count: rows.count)
    for place in 0..<rows.count {
      round(place, grid: grid, largestNorm: largestNorm, isExact: isExact)
      if tightness[place] == .open { raise(place, toScore: Double(floors[rows.lowerBound + place])) }
    }
  }

  deinit {
    bytes.deallocate()
    for each in [reach, perResidual, perDistance, perScore] { each.deallocate() }
    hits.deallocate()
    lowest.deallocate()
    known.deallocate()
    brackets.deallocate()
    candidates.deallocate()
    candidateCounts.deallocate()
  }

  /// Sets S v = t w + e, and the parts of E that follow.
  private func round(_ place: Int, grid: ByteGrid, largestNorm: Double, isExact: Bool) {
    let direction = directions[row: rows.lowerBound + place]
    let scaled = zip(direction, grid.scale).map { Double($0) * Double($1) }
    let largest = scaled.reduce(0.0) { max($0, abs($1)) }
    let norm = Norm.l2(direction)
    if largest == 0, isExact || norm == 0 {
      tightness[place] = .constant
      return
    }
    let step = largest / 127
    guard step > 0, largestNorm * norm < Double(Float.greatestFiniteMagnitude) / 2 else {
      giveUp(place)
      return
    }
    let groupLength = Int(byte_product_group_length)
    let group = bytes + place / groupLength * quadCount * groupLength * 4
    var (remainders, squares) = (0.0, 0.0)
    var bracket = Bracket(step: step)
    for (index, (value, component)) in zip(scaled, direction).enumerated() {
      let byte = max(-127, min(127, (value / step).rounded()))
      group[(index / 4 * groupLength + place % groupLength) * 4 + index % 4] = Int8(byte)
      let remainder = value - step * byte
      remainders += remainder * remainder
      squares += value * value
      let (offset, centre) = (Double(grid.offset[index]), Double(grid.centre[index]))
      bracket.value += offset * Double(component) + centre * remainder
      bracket.error += abs(offset * Double(component)) + abs(centre) * (abs(remainder) + abs(value))
    }
    // Twice the number of roundings in the sum, each at most 2⁻⁵³ of the total magnitude.
    bracket.error *= Double(8 * direction.count + 8) * 0x1p-53
    // As in `Scores`: one more rounding for the exact score, another for the difference in which this is used.
    let factor = singlePrecisionErrorFactor(terms: direction.count + 2)
    bracket.uncertainty = (Float(factor * largestNorm * norm) + .leastNormalMagnitude).nextUp
    brackets[place] = bracket
    perResidual[place] = norm / step * ByteFeatures.roundedUp
    perDistance[place] =
      (remainders.squareRoot() + 0x1p-50 * squares.squareRoot()) / step * ByteFeatures.roundedUp
    // One unit for the rounding of thresholds, one for that of s ± E.
    perScore[place] = 2 + 0x1p-149 / step
    reach[place] = -.infinity
  }

  /// Whether most directions still benefit from continuing.
  var isWorthwhile: Bool { coarseCount * 2 <= rows.count }

  /// Finds candidates in a panel.
  ///
  /// - Parameters:
  ///   - residual: ‖r‖ + ρ‖φ‖ of the panel's worst image.
  ///   - distance: Its ‖q − m‖.
  func visit(
    _ panel: UnsafePointer<UInt8>, firstImage: Int, residual: Double, distance: Double
  ) {
    let groupLength = Int(byte_product_group_length)
    var kernelDirections = byte_product_directions(
      bytes: bytes, reach: reach, perResidual: perResidual, perDistance: perDistance,
      groupCount: (rows.count + groupLength - 1) / groupLength, quadCount: quadCount)
    let count = byte_product_find(instructions, panel, &kernelDirections, residual, distance, hits)
    for index in 0..<count {
      let hit = hits[index]
      let image = firstImage + Int(hit.image)
      let place = Int(hit.direction)
      guard image < features.imageCount, reach[place] < .infinity else { continue }
      let error = residual * perResidual[place] + distance * perDistance[place] + perScore[place]
      // Scores lie within ±2³⁰. A larger error carries no information.
      let isKnown = error < 0x1p30
      let whole = isKnown ? Int32(error) + 1 : 0
      raise(place, to: isKnown ? hit.score - whole : .min)
      keep(Candidate(image: Int32(image), highest: isKnown ? hit.score + whole : .max), at: place)
    }
  }

  /// θ, the best known threshold.
  private func threshold(_ place: Int) -> Int32 { max(lowest[place * topCount], known[place]) }

  private func updateReach(_ place: Int) {
    let threshold = threshold(place)
    reach[place] = threshold == .min ? -.infinity : Double(threshold) - perScore[place]
  }

  /// Takes s − E of another image into account.
  private func raise(_ place: Int, to value: Int32) {
    let heap = lowest + place * topCount
    guard value > heap[0] else { return }
    replaceSmallest(of: heap, count: topCount, by: value)
    updateReach(place)
  }

  private func keep(_ candidate: Candidate, at place: Int) {
    guard candidate.highest >= threshold(place) else { return }
    if candidateCounts[place] == capacity {
      sharpen(place)
      if candidateCounts[place] > capacity / 2 {
        giveUp(place)
        return
      }
    }
    candidates[place * capacity + candidateCounts[place]] = candidate
    candidateCounts[place] += 1
  }

  private func giveUp(_ place: Int) {
    tightness[place] = .coarse
    coarseCount += 1
    reach[place] = .infinity
  }

  private func dropHopeless(at place: Int) {
    let list = candidates + place * capacity
    let threshold = threshold(place)
    var kept = 0
    for index in 0..<candidateCounts[place] where list[index].highest >= threshold {
      list[kept] = list[index]
      kept += 1
    }
    candidateCounts[place] = kept
  }

  /// Raises the thresholds of all directions by exact scores.
  func sharpen() {
    for place in 0..<rows.count where tightness[place] == .open { sharpen(place) }
  }

  private func sharpen(_ place: Int) {
    let list = UnsafeBufferPointer(start: candidates + place * capacity, count: candidateCounts[place])
    guard list.count >= topCount else { return }
    let promising = withUnsafeTemporaryAllocation(of: Int64.self, capacity: topCount) { heap in
      heap.initialize(repeating: .min)
      for candidate in list {
        let key = Int64(candidate.highest) << 32 | Int64(candidate.image)
        if key > heap[0] { replaceSmallest(of: heap.baseAddress!, count: topCount, by: key) }
      }
      return heap.map { Int32(truncatingIfNeeded: $0) }
    }
    let lowest = approximateScores(of: promising, place).reduce(Float.infinity, min)
    raise(place, toScore: Double(lowest) - Double(brackets[place].uncertainty))
    dropHopeless(at: place)
  }

  /// Records that enough images have an exact score of at least `score`.
  private func raise(_ place: Int, toScore score: Double) {
    let bracket = brackets[place]
    let floor = ((score - bracket.value - bracket.error) / bracket.step).rounded(.down) - 1
    guard floor > -0x1p30 else { return }
    known[place] = max(known[place], Int32(min(floor, 0x1p30)))
    updateReach(place)
  }

  private func exactScores(of images: [Int32], _ place: Int) -> [Float] {
    scores(of: images, place) { exact_scores($0, $1, $2, $3, $4, $5) }
  }

  private func approximateScores(of images: [Int32], _ place: Int) -> [Float] {
    let instructions = instructions
    return scores(of: images, place) { approximate_scores(instructions, $0, $1, $2, $3, $4, $5) }
  }

  private func scores(
    of images: [Int32], _ place: Int,
    _ compute: (
      UnsafePointer<Float>, Int, UnsafePointer<Int32>, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  ) -> [Float] {
    let dimension = features.dimension
    return features.withValues { features in
      directions.elements.withUnsafeBufferPointer { directions in
        [Float](unsafeUninitializedCapacity: images.count) { scores, initializedCount in
          compute(
            features.baseAddress!, dimension, images, images.count,
            directions.baseAddress! + (rows.lowerBound + place) * dimension, scores.baseAddress!)
          initializedCount = images.count
        }
      }
    }
  }

  /// The ranking of one direction, after all images were visited; `nil` if bytes could not decide.
  func topImages(of place: Int, firstImage: Int) -> [RankedImage]? {
    guard isWorthwhile, tightness[place] != .coarse else { return nil }
    var images = (0..<Int32(topCount)).map { $0 }
    if tightness[place] == .open {
      sharpen(place)
      images = finalists(of: place)
    }
    var best = TopList(capacity: topCount)
    for (image, score) in zip(images, exactScores(of: images, place)) {
      best.offer(RankedImage(imageIndex: firstImage + Int(image), score: score))
    }
    return best.sorted
  }

  /// The candidates that single precision cannot separate from the k best.
  private func finalists(of place: Int) -> [Int32] {
    let images = (0..<candidateCounts[place]).map { candidates[place * capacity + $0].image }
    let scores = approximateScores(of: images, place)
    let lowest = withUnsafeTemporaryAllocation(of: Float.self, capacity: topCount) { heap in
      heap.initialize(repeating: -.infinity)
      for score in scores where score > heap[0] {
        replaceSmallest(of: heap.baseAddress!, count: topCount, by: score)
      }
      return heap[0]
    }
    // Both sides of the comparison may be inexact.
    let uncertainty = brackets[place].uncertainty
    return zip(images, scores).filter { $1 + uncertainty >= lowest - uncertainty }.map(\.0)
  }
}

/// Replaces the smallest element of a heap, its first, by a larger value.
private func replaceSmallest<Value: Comparable>(
  of heap: UnsafeMutablePointer<Value>, count: Int, by value: Value
) {
  var parent = 0
  while true {
    var child = 2 * parent + 1
    guard child < count else { break }
    if child + 1 < count, heap[child + 1] < heap[child] { child += 1 }
    guard heap[child] < value else { break }
    heap[parent] = heap[child]
    parent = child
  }
  heap[parent] = value
}
