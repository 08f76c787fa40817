import CKernels
import Tensors

/// a, S and m: how the values of each feature map to bytes.
struct ByteGrid: Sendable {
  let offset: [Float]
  let scale: [Float]
  let centre: [Float]
  private let inverseScale: [Float]
  private let levels: Int

  /// Bytes cover all values of a feature except outliers: values beyond the range of a sample of images by more than
  /// three times that range. Outliers are mapped to the nearest byte, with the rest in r.
  init(_ features: FeatureMatrix, instructions: byte_product_instructions, workerCount: Int) {
    let (count, dimension) = (features.imageCount, features.dimension)
    let levels = Int(byte_product_levels(instructions))
    let sampled = Array(stride(from: 0, to: count, by: max(1, count / 1024)))
    var sample = Tensor(shape: [sampled.count, dimension])
    features.withValues { values in
      for (row, image) in sampled.enumerated() {
        sample[row: row] = ArraySlice(values[image * dimension..<(image + 1) * dimension])
      }
    }
    let (lowest, highest) = sample.elements.withUnsafeBufferPointer {
      Self.extent(of: $0, dimension: dimension, rows: 0..<sampled.count, instructions)
    }
    let pieces = Workers.pieces(of: count, length: 2048)
    let parts = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      features.withValues {
        Self.extent(of: $0, dimension: dimension, rows: pieces[piece], instructions)
      }
    }
    var sums = [Double](repeating: 0, count: dimension)
    for row in sampled.indices {
      for (feature, value) in sample[row: row].enumerated() { sums[feature] += Double(value) }
    }
    var (offset, scale, inverse, centre) = ([Float](), [Float](), [Float](), [Float]())
    for feature in 0..<dimension where count > 0 {
      let (low, high) = (Double(lowest[feature]), Double(highest[feature]))
      let range = high - low
      var first = parts.reduce(low) { min($0, Double($1.lowest[feature])) }
      var last = parts.reduce(high) { max($0, Double($1.highest[feature])) }
      if range > 0 {
        if first < low - 3 * range { first = low - range / 2 }
        if last > high + 3 * range { last = high + range / 2 }
      }
      offset.append(Float(first))
      scale.append(Float((last - first) / Double(levels)))
      let step = scale[feature]
      inverse.append(step > 0 ? 1 / step : 0)
      centre.append(
        step > 0 ? Float((sums[feature] / Double(sampled.count) - first) / Double(step)) : 0)
    }
    self.offset = offset
    self.scale = scale
    inverseScale = inverse
    self.centre = centre
    self.levels = levels
  }

  /// The lowest and the highest value of each feature over some rows.
  private static func extent(
    of values: UnsafeBufferPointer<Float>, dimension: Int, rows: Range<Int>,
    _ instructions: byte_product_instructions
  ) -> (lowest: [Float], highest: [Float]) {
    var lowest = [Float](repeating: .infinity, count: dimension)
    var highest = [Float](repeating: -.infinity, count: dimension)
    byte_product_extend(
      instructions, values.baseAddress! + rows.lowerBound * dimension, rows.count, dimension, &lowest,
      &highest)
    return (lowest, highest)
  }

  var quadCount: Int { (scale.count + 3) / 4 }

  /// An upper bound on ‖a‖ + ‖S q‖ for any bytes q.
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
