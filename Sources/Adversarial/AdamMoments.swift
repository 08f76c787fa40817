/// Adam's moment estimates for one minimisation. Kingma, Ba (2015), algorithm 1, with the constants given there.
struct AdamMoments {
  private var first: [Double]
  private var second: [Double]
  private var firstDecay = 1.0
  private var secondDecay = 1.0

  init(count: Int) {
    first = [Double](repeating: 0, count: count)
    second = first
  }

  /// Begins the next step.
  mutating func advance() {
    firstDecay *= 0.9
    secondDecay *= 0.999
  }

  /// m̂ / (√v̂ + 10⁻⁸)
  mutating func step(_ index: Int, slope: Double) -> Double {
    first[index] = 0.9 * first[index] + 0.1 * slope
    second[index] = 0.999 * second[index] + 0.001 * slope * slope
    return first[index] / (1 - firstDecay) / ((second[index] / (1 - secondDecay)).squareRoot() + 1e-8)
  }
}
