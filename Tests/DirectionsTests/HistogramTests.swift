import Testing

@testable import Directions

@Suite struct HistogramTests {
  @Test("The largest value falls into the last bin and edges belong to the bin above")
  func edges() {
    let histogram = Histogram(of: [0, 1, 2, 3, 4] as [Float], binCount: 4)
    #expect(histogram.counts == [1, 1, 1, 2])
    #expect(histogram.position(of: 1) == 0.25)
    #expect(histogram.position(of: 5) == nil)
  }

  @Test("Equal values and no values do not divide by zero")
  func degenerate() {
    #expect(Histogram(of: [2, 2, 2] as [Float], binCount: 3).counts == [3, 0, 0])
    #expect(Histogram(of: [] as [Float], binCount: 3).counts == [0, 0, 0])
    #expect(Histogram(of: [2, 2] as [Float], binCount: 3).position(of: 2) == nil)
    let wide = Histogram(of: [-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude], binCount: 2)
    #expect(wide.counts == [1, 1])
  }
}
