import Foundation
import Testing

@testable import Figures

@Suite struct PlotAxisTests {
  @Test(
    "Ticks are multiples of 1, 2 or 5 times a power of ten, inside the range, and their labels do not meet",
    arguments: [(0.0, 1.0), (-3.7, 12.1), (0, 0.00031), (99, 101), (0, 70_000), (-1e9, 2e9), (5, 5.000001)])
  func linear(low: Double, high: Double) throws {
    for length in [60, 150, 400] {
      let axis = PlotAxis.linear(low...high, on: .across(length))
      let step = try #require(axis.step)
      let mantissa = step / pow(10, floor(log10(step) + 1e-9))
      #expect([1, 2, 5].contains { abs($0 - mantissa) < 1e-6 }, "\(step)")
      #expect(
        axis.ticks.allSatisfy { $0.value >= low - 1e-9 * abs(low) && $0.value <= high + 1e-9 * abs(high) })
      let boxes = axis.ticks.map { tick -> ClosedRange<Double> in
        let half = Double(ChartFrame.font.width(of: tick.label)) / 2
        let place = axis.share(tick.value) * Double(length)
        return place - half...place + half
      }
      #expect(zip(boxes, boxes.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    }
  }

  @Test("An axis of counts has whole numbers only")
  func whole() {
    #expect(PlotAxis.linear(0...1.3, on: .up(300), isWhole: true).ticks.map(\.label) == ["0", "1"])
  }

  @Test("A logarithmic axis has decades, or 1, 2 and 5 where it is short, and marks what is between")
  func logarithmic() {
    let long = PlotAxis.logarithmic(0.8e-3...1200, on: .up(300))
    #expect(long.ticks.map(\.label) == ["0.001", "0.01", "0.1", "1", "10", "100", "1,000"])
    #expect(long.minorTicks.contains { abs($0 - 0.002) < 1e-12 } && !long.minorTicks.contains(1))
    let short = PlotAxis.logarithmic(0.9...60, on: .across(200))
    #expect(short.ticks.map(\.label) == ["1", "2", "5", "10", "20", "50"])
    #expect(short.minorTicks.contains(3))
    #expect(abs(short.share(sqrt(0.9 * 60)) - 0.5) < 1e-12)
    let huge = PlotAxis.logarithmic(1e-12...1e12, on: .across(300))
    #expect(huge.ticks.count > 2 && huge.ticks.allSatisfy { $0.label.hasPrefix("10") })
    #expect(PlotAxis.logarithmic(2.1...2.9, on: .across(300)).ticks.count > 1)
  }

  @Test("Given places that are too close are marked without a number")
  func places() {
    let axis = PlotAxis(range: 1...100, isLogarithmic: true).numbered(
      at: [1, 99, 100, 200], on: .across(200))
    #expect(axis.ticks.map(\.label) == ["1", "99"] && axis.minorTicks == [100])
  }

  @Test("Names are level, on two lines or slanted, by the room for them; of too many some are left out")
  func names() {
    #expect(PlotAxis.names(["a", "b"], width: 300).labelDegrees == 0)
    let two = PlotAxis.names(["clipped, no noise", "ε = 8"], width: 200)
    #expect(two.labelDegrees == 0 && two.ticks[0].label == "clipped, no\nnoise")
    let long = PlotAxis.names((0..<9).map { "block\($0).convolution.after_relu" }, width: 400)
    #expect(long.labelDegrees == 40 && long.ticks.count == 9)
    let many = PlotAxis.names((0..<100).map { "layer\($0)" }, width: 400)
    #expect(many.ticks.count < 20 && many.ticks.count + many.minorTicks.count == 100)
  }

  @Test("Rows go downwards")
  func rows() {
    let axis = PlotAxis.rows(["first", "second"], at: [0, 1], from: -0.5, to: 1.5)
    #expect(axis.share(0) == 0.75 && axis.share(1) == 0.25)
  }
}
