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

  /// `count` distinct numbers from `0..<population`, in random order: the beginning of a permutation, without the cost
  /// of the rest.
  public mutating func sample(_ count: Int, of population: Int) -> [Int] {
    precondition(
      0 <= count && count <= population, "cannot draw \(count) of \(population) without replacement")
    var displaced: [Int: Int] = [:]
    return (0..<count).map { position in
      let chosen = position + Int(next(upperBound: UInt64(population - position)))
      let value = displaced[chosen] ?? chosen
      displaced[chosen] = displaced[position] ?? position
      return value
    }
  }
}

extension SeededGenerator {
  /// The generator of item `index` of one purpose, such as the seventh random direction.
  ///
  ///     stream = FNV-1a(purpose) in the upper 32 bits, index in the lower
  ///
  /// Two purposes may use the same seed and stay independent, and an item's numbers do not depend on how many items
  /// there are.
  ///
  /// - Parameter purpose: A fixed name; changing it changes every result that depends on it.
  public init(seed: UInt64, purpose: StaticString, of name: String = "", index: Int = 0) {
    precondition(UInt32(exactly: index) != nil, "an index lies in 0..<2³², got \(index)")
    func hashed(_ bytes: some Sequence<UInt8>, after hash: UInt32) -> UInt32 {
      bytes.reduce(hash) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
    let hash = hashed(name.utf8, after: purpose.withUTF8Buffer { hashed($0, after: 0x811c_9dc5) })
    self.init(seed: seed, stream: UInt64(hash) << 32 | UInt64(index))
  }
}
