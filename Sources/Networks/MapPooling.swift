/// How the maps of a layer are reduced to units.
///
///     mean: u_c = Σ_p m_c(p) / P      max: u_c = max_p m_c(p)      centre: u_c = m_c(⌊h / 2⌋, ⌊w / 2⌋)
///
/// over the P = h · w positions p of map c. Then a channel is one unit, wherever its pattern is in the image. Pooling
/// acts on the layer's output: the mean of a map after its ReLU is not the ReLU of the mean before it.
///
/// The mean weights all positions equally, and is used by networks with a global average pool. The largest of many
/// values grows with their number, so maxima of large maps and of small ones are hard to compare. The centre reads one
/// position, and so favours images that happen to show the pattern there; where an extent is even it is the later of
/// the two middle ones.
public enum MapPooling: String, CaseIterable, Codable, Sendable {
  case mean, max, centre
  /// Every position of every map is a unit of its own, in (channel, row, column) order.
  case none

  /// Writes one value for each map of one image.
  ///
  /// - Parameters:
  ///   - maps: `channels` maps of `height` × `width`, row-major.
  ///   - units: Room for `channels` values. NaN for a map if a value it reads is NaN or infinite.
  func pool(
    _ maps: UnsafePointer<Float>, channels: Int, height: Int, width: Int,
    to units: UnsafeMutablePointer<Float>
  ) {
    let places = height * width
    for channel in 0..<channels {
      let map = UnsafeBufferPointer(start: maps + channel * places, count: places)
      switch self {
      case .mean: units[channel] = Float(Self.total(map) / Double(places))
      case .max: units[channel] = Self.largest(map)
      case .centre: units[channel] = map[height / 2 * width + width / 2]
      case .none: preconditionFailure("without pooling there is nothing to write")
      }
    }
  }

  /// The sum in Double, in eight interleaved sums: a single one would be limited by latency.
  private static func total(_ values: UnsafeBufferPointer<Float>) -> Double {
    var sums = SIMD8<Double>()
    let whole = values.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) {
      for lane in 0..<8 { sums[lane] += Double(values[start + lane]) }
    }
    return values[whole...].reduce(sums.sum()) { $0 + Double($1) }
  }

  private static func largest(_ values: UnsafeBufferPointer<Float>) -> Float {
    var largest = SIMD8<Float>(repeating: -.infinity)
    var poison = SIMD8<Float>()  // x · 0 is NaN for NaN and infinity, which a comparison would miss
    let whole = values.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) {
      let next = UnsafeRawPointer(values.baseAddress! + start).loadUnaligned(as: SIMD8<Float>.self)
      largest.replace(with: next, where: next .> largest)
      poison += next * 0
    }
    for value in values[whole...] {
      if value > largest[0] { largest[0] = value }
      poison[0] += value * 0
    }
    return poison.sum() == 0 ? largest.max() : .nan
  }
}

extension Graph {
  /// The pooling that applies at a node: `none` if its maps are not larger than one position.
  ///
  /// Pixels, normalised or not, are kept as units: the mean of an image is not a useful feature.
  ///
  /// - Parameter position: nil for the images.
  public func applicable(_ pooling: MapPooling, at position: Int?) -> MapPooling {
    guard let position, nodes[position].shape.count == 3 else { return .none }
    if case .normalise = nodes[position].layer { return .none }
    return nodes[position].shape[1...] == [1, 1] ? .none : pooling
  }

  /// Units of a node, or of the images for nil, with a pooling.
  public func unitCount(at position: Int?, pooling: MapPooling) -> Int {
    guard let position else { return architecture.input.pixelCount }
    let shape = nodes[position].shape
    return applicable(pooling, at: position) == .none ? shape.reduce(1, *) : shape[0]
  }
}
