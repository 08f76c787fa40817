import Tensors
import Testing

@testable import Inference

@Suite struct HalfSamplingTests {
  private func values(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed, purpose: "half-sampled values")
    return (0..<count).map { _ in 5 + 2 * generator.normalPair().0 }
  }

  @Test("A half has half the images, each once, and depends on seed and number only", arguments: [2, 9, 100])
  func halves(imageCount: Int) {
    let sampling = HalfSampling(imageCount: imageCount, seed: 3)
    for draw in 0..<20 {
      let half = sampling.half(draw)
      #expect(half.count == imageCount / 2)
      #expect(Set(half).count == half.count && half == half.sorted())
      #expect(half.allSatisfy((0..<imageCount).contains))
      #expect(half == HalfSampling(imageCount: imageCount, drawCount: 7, seed: 3).half(draw))
    }
    if imageCount == 100 { #expect(sampling.half(0) != sampling.half(1)) }
  }

  // s/√n is the closed form; a standard deviation of 4,000 draws has a relative error of 1.1 %.
  @Test("For a mean the standard error is s/√n, for an odd number of images too", arguments: [400, 41])
  func standardErrorOfMean(imageCount: Int) throws {
    let values = values(imageCount, seed: 1)
    let estimate = HalfSampling(imageCount: imageCount, drawCount: 4000, seed: 5).estimate { images in
      images.reduce(0) { $0 + values[$1] } / Double(images.count)
    }
    let sample = try #require(StudentInterval(values))
    #expect(abs(estimate.value - sample.mean) < 1e-12)
    #expect(abs(estimate.standardError / sample.standardError - 1) < 0.055)
    #expect(abs(estimate.shift) < 5 * sample.standardError / 4000.0.squareRoot())
  }

  @Test("The number of workers changes no bit")
  func workers() {
    let values = values(60, seed: 2)
    let sampling = HalfSampling(imageCount: 60, drawCount: 50, seed: 6)
    let statistic: @Sendable ([Int]) -> Double = { $0.reduce(0) { $0 + values[$1] } }
    #expect(sampling.estimate(workerCount: 1, statistic) == sampling.estimate(workerCount: 3, statistic))
  }

  @Test("The 95 % interval of a mean covers it in about 95 % of trials")
  func coverage() {
    let trialCount = 800
    var count = 0
    for trial in 0..<trialCount {
      let values = values(80, seed: UInt64(100 + trial))
      let estimate = HalfSampling(imageCount: 80, seed: UInt64(trial)).estimate(workerCount: 1) { images in
        images.reduce(0) { $0 + values[$1] } / Double(images.count)
      }
      if estimate.interval().contains(5) { count += 1 }
    }
    // 200 draws place the ends of an interval too far inside by a little: 0.94 is expected.
    #expect(
      BinomialDistribution(trialCount: trialCount, probability: 0.94).centralRange(level: 0.9999).contains(
        count),
      "\(count) of \(trialCount)")
  }

  @Test("A statistic that halves are biased for is centred on its value, its skewness turned the right way")
  func interval() {
    // Replicates 9…11 and 20, mean 12.5; the value of all images is 15.
    let estimate = HalfSampleEstimate(value: 15, imageCount: 10, replicates: [9, 10, 11, 20])
    #expect(estimate.shift == -2.5)
    let interval = estimate.interval(level: 0.5)
    // Quartiles of the deviations −3.5, −2.5, −1.5, 7.5 are −2.75 and 0.75.
    #expect(interval.lower == 15 - 0.75 && interval.upper == 15 + 2.75)
  }
}
