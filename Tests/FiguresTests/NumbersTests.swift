import Testing

@testable import Figures

@Suite struct NumbersTests {
  @Test(
    "Three significant digits",
    arguments: [
      (0.0, "0"), (1, "1.00"), (12.345, "12.3"), (-1.2, "−1.20"), (0.07123, "0.0712"), (9.996, "10.0"),
      (123.4, "123"),
      (99_999, "1.00e5"), (12_345, "12345"), (0.00099951, "0.00100"), (0.000123, "1.23e−4"),
      (-1.5e9, "−1.50e9"),
      (.infinity, "∞"), (-.infinity, "−∞"), (.nan, "NaN"),
    ])
  func threeDigits(value: Double, text: String) {
    #expect(Numbers.threeDigits(value) == text)
  }

  @Test(
    "Only 0 is 0 % and only 1 is 100 %",
    arguments: [
      (0.0, "0 %"), (1, "100 %"), (0.9999, ">99.9 %"), (0.9991, "99.9 %"), (0.0001, "<0.1 %"),
      (0.5, "50.0 %"),
    ])
  func percent(share: Double, text: String) {
    #expect(Numbers.percent(share) == text)
  }

  @Test(
    "Two decimals without a negative zero",
    arguments: [(-0.001, "0.00"), (-0.026, "−0.03"), (1, "1.00"), (.nan, "–")])
  func twoDecimals(value: Double, text: String) {
    #expect(Numbers.twoDecimals(value) == text)
  }
}
