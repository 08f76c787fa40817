import Testing

@testable import Lab

@Suite struct AmplificationTests {
  @Test(
    "The factor is the largest printable one that keeps the change within half the range, whatever rounding adds",
    arguments: [
      (0.1, 5.0), (0.1 + 1.5e-8, 5), (0.2, 2), (0.25, 2), (0.26, 1), (0.5, 1), (1, 0.5), (0.6, 0.5),
      (8.0 / 255, 10), (1.0 / 255, 100), (0.001, 500), (0, 1),
    ] as [(Double, Double)])
  func factor(change: Double, expected: Double) {
    #expect(abs(Amplification.factor(forLargest: change) - expected) < 1e-12 * expected)
  }
}
