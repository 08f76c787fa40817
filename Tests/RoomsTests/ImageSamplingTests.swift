import Directions
import Inference
import Tensors
import Testing

@testable import CompareRoom
@testable import Lab

@Suite struct ImageSamplingTests {
  @Test("A half's top set is that of a ranking of the half")
  func halves() throws {
    let labels = ClassLabels((0..<300).map { $0 % 4 }, classCount: 4)
    func rankings(_ seed: UInt64, _ features: FeatureMatrix, _ count: Int) -> [[Int]] {
      Ranking(
        of: features, along: .randomSphere(count: 3, dimension: 5, seed: seed), topCount: count
      ).topImages.map { $0.map(\.imageIndex) }
    }
    var generator = SeededGenerator(seed: 1, purpose: "test features")
    let features = try FeatureMatrix(
      values: Tensor(shape: [300, 5], elements: generator.normals(1500)), layer: "made up")
    let count = ImageSampling.rankedCount(topCount: 6, imageCount: 300)
    let sampling = ImageSampling(
      neurons: rankings(1, features, count), random: rankings(2, features, count), labels: labels, topCount: 6
    )
    let estimate = try #require(sampling.estimate(seed: 7, workerCount: 2))
    let half = HalfSampling(imageCount: 300, seed: 7).half(0)
    let part = try FeatureMatrix(values: features.values.rows(half), layer: "half")
    let partLabels = ClassLabels(half.map { labels.values[$0] }, classCount: 4)
    func mean(_ seed: UInt64) -> Double {
      rankings(seed, part, 6).reduce(0) { $0 + LabelAgreement(of: $1, in: partLabels).kappa! } / 3
    }
    #expect(abs(estimate.replicates[0] - (mean(1) - mean(2))) < 1e-12)
    #expect(
      ImageSampling(neurons: [], random: [], labels: labels, topCount: 151).estimate(seed: 1, workerCount: 1)
        == nil)
  }
}
