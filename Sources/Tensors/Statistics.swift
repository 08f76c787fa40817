/// Simple statistics of samples held in memory, summed in Double.
public enum Statistics {
  /// Arithmetic mean; `nil` for no values.
  @inlinable
  public static func mean(_ values: some Collection<Float>) -> Double? {
    guard !values.isEmpty else { return nil }
    return values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
  }

  /// Sample standard deviation, by two passes.
  ///
  ///     s = √( Σ (xᵢ − mean)² / (n − 1) )
  ///
  /// - Returns: `nil` for fewer than two values.
  @inlinable
  public static func standardDeviation(_ values: some Collection<Float>) -> Double? {
    guard values.count >= 2, let mean = mean(values) else { return nil }
    let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// Quantile by linear interpolation between order statistics: definition 7 of Hyndman and Fan (1996),
  /// the default of NumPy and R.
  ///
  ///     h = (n − 1) p,   q = x₍⌊h⌋₎ + (h − ⌊h⌋) (x₍⌊h⌋₊₁₎ − x₍⌊h⌋₎)
  ///
  /// - Parameters:
  ///   - probability: p in [0, 1]; 0.5 is the median.
  ///   - sorted: In ascending order, without NaN; infinities are allowed.
  /// - Returns: `nil` for no values.
  public static func quantile(_ probability: Double, ofSorted sorted: [some BinaryFloatingPoint]) -> Double? {
    precondition((0...1).contains(probability), "a probability lies in [0, 1], got \(probability)")
    guard !sorted.isEmpty else { return nil }
    let position = Double(sorted.count - 1) * probability
    let lower = Int(position)
    let upper = min(lower + 1, sorted.count - 1)
    let (low, high) = (Double(sorted[lower]), Double(sorted[upper]))
    let share = position - Double(lower)
    // Between equal infinities there is no difference to interpolate.
    return share == 0 || low == high ? low : low + share * (high - low)
  }

  /// The median of `values`; `nil` if there are none.
  public static func median(_ values: [some BinaryFloatingPoint]) -> Double? {
    quantile(0.5, ofSorted: values.sorted())
  }

  /// The value at `rank` if `values` were sorted, in linear time: tens of millions are common, one per pixel.
  ///
  /// - Parameter values: Not negative, not NaN. The bit patterns of such numbers are ordered like the numbers.
  public static func element(ofRank rank: Int, in values: [Float]) -> Float {
    precondition(values.indices.contains(rank), "rank \(rank) of \(values.count)")
    func bin(of rank: inout Int, _ bins: [Int]) -> Int {
      for (bin, count) in bins.enumerated() {
        if rank < count { return bin }
        rank -= count
      }
      preconditionFailure("a negative value, or NaN")
    }
    var left = rank
    var bins = [Int](repeating: 0, count: 1 << 16)
    for value in values { bins[Int(value.bitPattern >> 16)] += 1 }
    let upper = bin(of: &left, bins)
    bins = [Int](repeating: 0, count: 1 << 16)
    for value in values where Int(value.bitPattern >> 16) == upper {
      bins[Int(value.bitPattern & 0xFFFF)] += 1
    }
    return Float(bitPattern: UInt32(upper) << 16 | UInt32(bin(of: &left, bins)))
  }
}
