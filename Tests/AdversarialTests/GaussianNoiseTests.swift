import Tensors
import TestSupport
import Testing

@testable import Adversarial

@Suite struct GaussianNoiseTests {
  private static let noise = GaussianNoise(deviation: 0.5, seed: 3, purpose: "test")

  @Test("Mean, variance and fourth moment are those of N(0, σ²), pixels and draws are uncorrelated")
  func moments() {
    let draws = (0..<400).map { Self.noise.draw($0, subject: 7, pixelCount: 101).map(Double.init) }
    let values = draws.flatMap(\.self)
    let count = Double(values.count)
    func mean(_ of: (Double) -> Double) -> Double { values.reduce(0) { $0 + of($1) } / count }
    // Standard errors of 40,400 draws: 0.5/201, 0.25 √2/201, 0.0625 √96/201; five of them.
    expectClose(mean { $0 }, 0, absolute: 0.0125)
    expectClose(mean { $0 * $0 }, 0.25, absolute: 0.009)
    expectClose(mean { $0 * $0 * $0 * $0 }, 3 * 0.0625, absolute: 0.016)
    // Neighbours in a draw, and the same pixel of neighbouring draws.
    let neighbours = draws.flatMap { draw in (1..<101).map { draw[$0] * draw[$0 - 1] } }
    expectClose(neighbours.reduce(0, +) / Double(neighbours.count), 0, absolute: 0.007)
    let across = (1..<400).flatMap { row in (0..<101).map { draws[row][$0] * draws[row - 1][$0] } }
    expectClose(across.reduce(0, +) / Double(across.count), 0, absolute: 0.007)
  }

  @Test("A draw belongs to its seed, purpose, subject and number, and is added without being clipped")
  func identity() {
    func draw(_ noise: GaussianNoise, _ number: Int, _ subject: Int) -> [Float] {
      noise.draw(number, subject: subject, pixelCount: 8)
    }
    let own = draw(Self.noise, 2, 5)
    #expect(own == draw(GaussianNoise(deviation: 0.5, seed: 3, purpose: "test"), 2, 5))
    let others = [
      draw(Self.noise, 3, 5), draw(Self.noise, 2, 6),
      draw(GaussianNoise(deviation: 0.5, seed: 4, purpose: "test"), 2, 5),
      draw(GaussianNoise(deviation: 0.5, seed: 3, purpose: "other"), 2, 5),
    ]
    #expect(Set(others + [own]).count == 5)
    var noisy: [Float] = []
    Self.noise.appendNoisy([1, 1, 1, 1, 0, 0, 0, 0], subject: 5, draw: 2, to: &noisy)
    for (index, value) in noisy.enumerated() {
      expectClose(Double(value), Double(own[index]) + (index < 4 ? 1 : 0), absolute: 1e-6)
    }
    #expect(noisy.contains { $0 > 1 } && noisy.contains { $0 < 0 })
  }
}
