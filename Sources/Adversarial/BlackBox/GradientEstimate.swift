import Tensors

/// A gradient estimated from differences of a function between pairs of points.
///
///     gⱼ = Σᵢ (f(x⁺ᵢ) − f(x⁻ᵢ)) oᵢⱼ / Σᵢ oᵢⱼ²,   oᵢ = x⁺ᵢ − x⁻ᵢ
///
/// For each pixel the least-squares slope through the origin. If points are x ± σu and the box is not reached, this is
/// the usual estimator, the mean of (f⁺ − f⁻) u / 2σ for u = ±1. Points must lie in the box, and clipping shortens
/// offsets; dividing by the actual offsets keeps the mean at w for a linear f: given the magnitudes |oᵢⱼ|, the signs of
/// different pixels are independent, and the contributions of the other pixels cancel.
struct GradientEstimate {
  private var products: [Double]
  private var squares: [Double]

  init(pixelCount: Int) {
    products = [Double](repeating: 0, count: pixelCount)
    squares = products
  }

  /// - Parameter difference: f(x⁺) − f(x⁻).
  mutating func add(_ difference: Double, from lower: [Float], to upper: [Float]) {
    for pixel in products.indices {
      let offset = Double(upper[pixel]) - Double(lower[pixel])
      products[pixel] += difference * offset
      squares[pixel] += offset * offset
    }
  }

  /// 0 for a pixel that never moved.
  var gradient: [Double] {
    zip(products, squares).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
