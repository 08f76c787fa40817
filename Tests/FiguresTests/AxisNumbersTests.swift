import Testing

@testable import Figures

@Suite struct AxisNumbersTests {
  @Test(
    "Numbers of one axis share their decimals, their notation and, as powers, their exponent",
    arguments: [
      (0.2, [0, 0.2, 0.4], ["0.0", "0.2", "0.4"]), (0.05, [-0.05, 0, 0.1], ["−0.05", "0.00", "0.10"]),
      (500, [0, 500, 1500], ["0", "500", "1,500"]), (5e5, [0, 5e5, 1e6], ["0", "0.5×10⁶", "1.0×10⁶"]),
      (2e-6, [-2e-6, 0, 2e-6], ["−2×10⁻⁶", "0", "2×10⁻⁶"]), (1, [-1, -0.0, 1], ["−1", "0", "1"]),
    ] as [(Double, [Double], [String])])
  func steps(step: Double, values: [Double], texts: [String]) {
    #expect(AxisNumbers.texts(values, step: step) == texts)
  }

  @Test(
    "Given places have the decimals that they need; one that is too large or too small makes all of them powers",
    arguments: [
      ([4, 16, 100], ["4", "16", "100"]), ([0.0009, 0.3, 10], ["0.0009", "0.3", "10"]),
      ([0.001, 1, 1000], ["0.001", "1", "1,000"]), ([1, 1e6], ["10⁰", "10⁶"]),
      ([2e-7, 0.5], ["2×10⁻⁷", "5×10⁻¹"]),
      ([-1e7, 0], ["−10⁷", "0"]), ([1.0 / 3], ["0.3333"]),
    ] as [([Double], [String])])
  func places(values: [Double], texts: [String]) {
    #expect(AxisNumbers.texts(values) == texts)
  }

  @Test(
    "Thousands are parted by commas",
    arguments: [(999.0, "999"), (1000, "1,000"), (-1_234_567.8, "−1,234,568")])
  func thousands(value: Double, text: String) {
    #expect(AxisNumbers.decimal(value, digits: 0) == text)
  }
}
