import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct DistortionSummaryTests {
  let images: [AttackedImage] = [
    .made(moved: 0.5), .made(moved: 0.25), .made(moved: 1), .made(moved: 0.75), .made(moved: nil),
    .made(moved: 0, alreadyWrong: true),
  ]

  @Test("Quantiles and mean are of the successes alone", arguments: DistortionMeasure.allCases)
  func quantiles(measure: DistortionMeasure) throws {
    let summary = try #require(DistortionSummary(of: images, measure: measure))
    #expect(summary.successCount == 4)
    // One of four values moved: the root mean square is half of the rest.
    let scale = measure == .rootMeanSquare ? 0.5 : 1
    if measure == .l0 {
      #expect(summary.median == 1 && summary.least == 1 && summary.greatest == 1)
    } else {
      #expect(summary.least == 0.25 * scale && summary.greatest == scale && summary.mean == 0.625 * scale)
      #expect(summary.median == 0.625 * scale && summary.lowerQuartile == 0.4375 * scale)
      #expect(summary.upperQuartile == 0.8125 * scale)
    }
    #expect(DistortionSummary(of: [.made(moved: nil)], measure: measure) == nil)
  }

  @Test("A bin holds its lower edge, the last one both, and nothing is counted twice")
  func histogram() throws {
    let own = try #require(DistortionHistogram(of: images, measure: .l2, binCount: 3))
    #expect(own.edges == [0.25, 0.5, 0.75, 1] && own.counts == [1, 1, 2])
    let wide = try #require(DistortionHistogram(of: images, measure: .l2, binCount: 4, range: 0...2))
    #expect(wide.counts == [1, 2, 1, 0])
    let narrow = try #require(DistortionHistogram(of: images, measure: .l2, binCount: 1, range: 0.3...0.6))
    #expect(narrow.counts == [1])
    let point = try #require(DistortionHistogram(of: [.made(moved: 0.5)], measure: .l2, binCount: 2))
    #expect(point.counts.reduce(0, +) == 1)
    #expect(DistortionHistogram(of: [.made(moved: nil)], measure: .l2, binCount: 2) == nil)
  }
}
