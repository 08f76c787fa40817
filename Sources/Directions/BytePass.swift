import CKernels
import Tensors

/// A passage of all images, in bytes, along a few directions; ``ByteFeatures`` has the equations.
///
/// Belongs to one thread. Memory: directions × (k + the candidates kept), whatever the order of the images.
final class BytePass {
  private struct Candidate {
    let image: Int32
    /// s + E, rounded up.
    let highest: Int32
  }

  private enum Tightness {
    case open
    /// S v = 0, and r or v is zero as well: all scores are the same, and the first images are the top ones.
    case constant
    /// Too many images between θ and what the bound allows, or scores beyond Float: not for bytes.
    case coarse
  }

  private let directionCount: Int
  private let imageCount: Int
  private let topCount: Int
  private let quadCount: Int
  /// Candidates of one direction before those below θ are dropped, and half of them the number that may stay:
  /// their exact scores then take about as long as all products in single precision.
  private let capacity: Int

  private let bytes: UnsafeMutablePointer<Int8>
  /// θ − (what E has beside the two products), per direction; ∞ where no image is wanted any more.
  private let reach: UnsafeMutablePointer<Double>
  private let perResidual: UnsafeMutablePointer<Double>
  private let perDistance: UnsafeMutablePointer<Double>
  private let perScore: UnsafeMutablePointer<Double>
  private let hits: UnsafeMutablePointer<byte_product_hit>
  /// Heaps of the k largest s − E, the smallest of them, θ, first. `Int32.min` stands for a free place and
  /// rejects nothing.
  private let lowest: UnsafeMutablePointer<Int32>
  private let candidates: UnsafeMutablePointer<Candidate>
  private let candidateCounts: UnsafeMutablePointer<Int>
  private var tightness: [Tightness]
  private var coarseCount = 0

  /// - Parameters:
  ///   - directions: v in rows.
  ///   - rows: Those of this pass.
  ///   - scale: The diagonal of S.
  ///   - largestNorm: At least ‖φ‖ of every image.
  ///   - isExact: r = 0 for all images.
  init(
    directions: Tensor, rows: Range<Int>, scale: [Float], imageCount: Int, topCount: Int, largestNorm: Double,
    isExact: Bool
  ) {
    let groupLength = Int(byte_product_group_length)
    let padded = (rows.count + groupLength - 1) / groupLength * groupLength
    directionCount = rows.count
    self.imageCount = imageCount
    self.topCount = topCount
    quadCount = (scale.count + 3) / 4
    capacity = min(8 * topCount + max(512, imageCount / 32), imageCount)
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
    candidates = .allocate(capacity: rows.count * capacity)
    candidateCounts = .allocate(capacity: rows.count)
    candidateCounts.initialize(repeating: 0, count: rows.count)
    tightness = [Tightness](repeating: .open, count: rows.count)
    for (place, row) in rows.enumerated() {
      round(directions[row: row], at: place, scale: scale, largestNorm: largestNorm, isExact: isExact)
    }
  }

  deinit {
    bytes.deallocate()
    for each in [reach, perResidual, perDistance, perScore] { each.deallocate() }
    hits.deallocate()
    lowest.deallocate()
    candidates.deallocate()
    candidateCounts.deallocate()
  }

  /// S v = t w + e, and what E takes from it.
  private func round(
    _ direction: ArraySlice<Float>, at place: Int, scale: [Float], largestNorm: Double, isExact: Bool
  ) {
    let scaled = zip(direction, scale).map { Double($0) * Double($1) }
    let largest = scaled.reduce(0.0) { max($0, abs($1)) }
    let norm = Norm.l2(direction)
    if largest == 0, isExact || norm == 0 {
      tightness[place] = .constant
      return
    }
    let step = largest / 127
    guard step > 0, largestNorm * norm < Double(Float.greatestFiniteMagnitude) / 2 else {
      tightness[place] = .coarse
      coarseCount += 1
      return
    }
    let groupLength = Int(byte_product_group_length)
    let group = bytes + place / groupLength * quadCount * groupLength * 4
    var (remainders, squares) = (0.0, 0.0)
    for (index, value) in scaled.enumerated() {
      let byte = max(-127, min(127, (value / step).rounded()))
      group[(index / 4 * groupLength + place % groupLength) * 4 + index % 4] = Int8(byte)
      remainders += (value - step * byte) * (value - step * byte)
      squares += value * value
    }
    perResidual[place] = norm / step * ByteFeatures.roundedUp
    perDistance[place] =
      (remainders.squareRoot() + 0x1p-50 * squares.squareRoot()) / step * ByteFeatures.roundedUp
    // One unit for the rounding of thresholds, one for that of s ± E.
    perScore[place] = 2 + 0x1p-149 / step
    reach[place] = -.infinity
  }

  /// Whether most directions still gain by going on.
  var isWorthwhile: Bool { coarseCount * 2 <= directionCount }

  /// Looks for candidates in a panel.
  ///
  /// - Parameters:
  ///   - residual: Of the panel's worst image, ‖r‖ + ρ‖φ‖.
  ///   - distance: ‖q − m‖.
  func visit(
    _ panel: UnsafePointer<UInt8>, firstImage: Int, residual: Double, distance: Double,
    instructions: byte_product_instructions
  ) {
    let groupLength = Int(byte_product_group_length)
    var kernelDirections = byte_product_directions(
      bytes: bytes, reach: reach, perResidual: perResidual, perDistance: perDistance,
      groupCount: (directionCount + groupLength - 1) / groupLength, quadCount: quadCount)
    let count = byte_product_find(instructions, panel, &kernelDirections, residual, distance, hits)
    for index in 0..<count {
      let hit = hits[index]
      let image = firstImage + Int(hit.image)
      let place = Int(hit.direction)
      guard image < imageCount, reach[place] < .infinity else { continue }
      let error = residual * perResidual[place] + distance * perDistance[place] + perScore[place]
      // Scores lie within ±2³⁰. A larger error says nothing about an image.
      let isKnown = error < 0x1p30
      let whole = isKnown ? Int32(error) + 1 : 0
      raise(place, to: isKnown ? hit.score - whole : .min)
      keep(Candidate(image: Int32(image), highest: isKnown ? hit.score + whole : .max), at: place)
    }
  }

  /// Takes s − E of one more image into account.
  private func raise(_ place: Int, to value: Int32) {
    let heap = lowest + place * topCount
    guard value > heap[0] else { return }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < topCount else { break }
      if child + 1 < topCount, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < value else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = value
    reach[place] = heap[0] == .min ? -.infinity : Double(heap[0]) - perScore[place]
  }

  private func keep(_ candidate: Candidate, at place: Int) {
    let threshold = lowest[place * topCount]
    guard candidate.highest >= threshold else { return }
    if candidateCounts[place] == capacity {
      dropHopeless(at: place)
      if candidateCounts[place] > capacity / 2 {
        tightness[place] = .coarse
        coarseCount += 1
        reach[place] = .infinity
        return
      }
    }
    candidates[place * capacity + candidateCounts[place]] = candidate
    candidateCounts[place] += 1
  }

  private func dropHopeless(at place: Int) {
    let list = candidates + place * capacity
    let threshold = lowest[place * topCount]
    var kept = 0
    for index in 0..<candidateCounts[place] where list[index].highest >= threshold {
      list[kept] = list[index]
      kept += 1
    }
    candidateCounts[place] = kept
  }

  /// The images that may be in the ranking, after all were visited; `nil` when bytes could not tell.
  func candidates(of place: Int) -> [Int32]? {
    guard isWorthwhile else { return nil }
    switch tightness[place] {
    case .coarse: return nil
    case .constant: return (0..<Int32(topCount)).map { $0 }
    case .open:
      dropHopeless(at: place)
      return (0..<candidateCounts[place]).map { candidates[place * capacity + $0].image }
    }
  }
}
