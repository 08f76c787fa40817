import Foundation

extension RandomNumberGenerator {
  /// Uniform in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Two independent standard normal draws (Box and Muller, 1958).
  public mutating func normalPair() -> (Double, Double) {
    let radius = (-2 * log(1 - uniform())).squareRoot()  // 1 − u is in (0, 1]: the logarithm is finite
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }

  /// `count` independent standard normal draws.
  public mutating func normals(_ count: Int) -> [Float] {
    var draws: [Float] = []
    draws.reserveCapacity(count + 1)
    while draws.count < count {
      let (first, second) = normalPair()
      draws.append(Float(first))
      draws.append(Float(second))
    }
    return Array(draws.prefix(count))
  }

  /// A permutation of `0..<count` (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(next(upperBound: UInt64(last + 1))))
    }
    return order
  }
}
