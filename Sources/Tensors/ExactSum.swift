/// A sum of Floats, or of their squares, without any rounding: the same for every order and every grouping.
///
///     Σ xᵢ = 2⁻²⁹⁸ Σ_j digits_j 2³²ʲ
///
/// A Float is an integer of 24 bits times a power of two between 2⁻¹⁴⁹ and 2¹⁰⁴, so sums of Floats and of squares of
/// Floats are integers in units of 2⁻²⁹⁸. Digits have 32 bits and are stored in 64, so carries can wait. Kulisch
/// (2013), "Computer arithmetic and validity", calls this a complete register.
public struct ExactSum: Equatable, Sendable {
  /// Digits of a sum of up to 2³⁰ squares.
  public static let digitCount = 20

  /// The most numbers that may be added to one value before ``normalize()``: carries fit until then.
  public static let numberLimit = 1 << 29

  /// Lowest first. After ``normalize()`` each but the last is in 0..<2³².
  public private(set) var digits: [Int64]

  /// Sum zero.
  public init() { digits = [Int64](repeating: 0, count: Self.digitCount) }

  /// - Parameter digits: As ``digits`` gives them.
  public init(digits: [Int64]) {
    precondition(digits.count == Self.digitCount, "\(Self.digitCount) digits make a sum, got \(digits.count)")
    self.digits = digits
  }

  /// - Parameter value: Finite.
  @inline(__always)
  public mutating func add(_ value: Float) {
    let (mantissa, exponent) = Self.parts(of: value)
    add(value.sign == .minus ? -mantissa : mantissa, exponent: exponent + 149)
  }

  /// - Parameter value: Finite.
  @inline(__always)
  public mutating func add(squareOf value: Float) {
    let (mantissa, exponent) = Self.parts(of: value)
    let square = mantissa * mantissa
    add(square & 0xFF_FFFF, exponent: 2 * exponent)
    add(square >> 24, exponent: 2 * exponent + 24)
  }

  public mutating func add(_ other: ExactSum) {
    for place in digits.indices { digits[place] += other.digits[place] }
    normalize()
  }

  /// Propagates the carries: equal sums then have equal digits.
  public mutating func normalize() {
    for place in 0..<Self.digitCount - 1 {
      digits[place + 1] += digits[place] >> 32
      digits[place] &= 0xFFFF_FFFF
    }
  }

  /// The sum as high + low, to some 100 bits.
  var doubled: DoubledDouble {
    var sum = self
    sum.normalize()
    return sum.digits.indices.reversed().reduce(DoubledDouble(0)) { total, place in
      let digit = Double(sum.digits[place]) * Double(sign: .plus, exponent: 32 * place - 298, significand: 1)
      return total + DoubledDouble(digit)
    }
  }

  /// The sum, rounded.
  public var value: Double { doubled.high }

  /// |value| = mantissa · 2^(exponent − 149), the mantissa below 2²⁴.
  @inline(__always)
  private static func parts(of value: Float) -> (mantissa: Int64, exponent: Int) {
    let exponent = Int(value.exponentBitPattern)
    let fraction = Int64(value.significandBitPattern)
    return exponent == 0 ? (fraction, 0) : (fraction | 1 << 23, exponent - 1)
  }

  /// Adds mantissa · 2^exponent units, |mantissa| below 2²⁴.
  @inline(__always)
  private mutating func add(_ mantissa: Int64, exponent: Int) {
    let shifted = mantissa << Int64(exponent & 31)
    let place = exponent >> 5
    digits[place] += shifted & 0xFFFF_FFFF
    digits[place + 1] += shifted >> 32
  }
}

/// An unevaluated sum of two Doubles, high + low with |low| ≤ ulp(high) / 2: twice the digits.
///
/// Dekker (1971), "A floating-point technique for extending the available precision".
struct DoubledDouble {
  let high: Double
  let low: Double

  init(_ value: Double) { (high, low) = (value, 0) }

  private init(sumOf large: Double, _ small: Double) {
    high = large + small
    low = small - (high - large)
  }

  static func + (left: Self, right: Self) -> Self {
    let sum = left.high + right.high
    let part = sum - left.high
    let error = (left.high - (sum - part)) + (right.high - part)
    return Self(sumOf: sum, error + (left.low + right.low))
  }

  static prefix func - (value: Self) -> Self { Self(sumOf: -value.high, -value.low) }

  static func * (left: Self, right: Self) -> Self {
    let product = left.high * right.high
    let error = (-product).addingProduct(left.high, right.high)
    return Self(sumOf: product, error + (left.high * right.low + left.low * right.high))
  }

  static func / (left: Self, divisor: Double) -> Self {
    let quotient = left.high / divisor
    let remainder = left.high.addingProduct(-quotient, divisor) + left.low
    return Self(sumOf: quotient, remainder / divisor)
  }
}

extension Statistics {
  /// Mean and sample standard deviation from exact sums: the same bits for every order of the values.
  ///
  ///     mean = S / n,   s = √( (Q − S² / n) / (n − 1) ),   S = Σ xᵢ,  Q = Σ xᵢ²
  ///
  /// The difference is formed with about 100 bits. Floats that are not all equal leave about 50 of them, which is why
  /// sums of squares may be used here.
  ///
  /// - Returns: No mean without values, and no standard deviation for fewer than two.
  public static func moments(count: Int, sum: ExactSum, squares: ExactSum) -> (
    mean: Double?, standardDeviation: Double?
  ) {
    guard count > 0 else { return (nil, nil) }
    let total = sum.doubled
    let mean = (total / Double(count)).high
    guard count > 1 else { return (mean, nil) }
    let rest = squares.doubled + -((total * total) / Double(count))
    return (mean, (max(0, rest.high) / Double(count - 1)).squareRoot())
  }
}
