import Foundation
import Tensors
import Testing

@testable import Inference

@Suite struct BootstrapIntervalClustersTests {
  @Test("With the mean over clusters it is the interval of a mean, to rounding")
  func mean() throws {
    var generator = SeededGenerator(seed: 7, purpose: "clusters")
    let values = (0..<23).map { _ in generator.uniform() }
    for level in [0.9, 0.95] {
      let clustered = try #require(
        BootstrapInterval.ofStatistic(clusterCount: values.count, level: level, drawCount: 999, seed: 3) {
          clusters in
          clusters.reduce(0) { $0 + values[$1] } / Double(clusters.count)
        })
      let plain = try #require(BootstrapInterval.ofMean(values, level: level, drawCount: 999, seed: 3))
      // The means without a value are added up in another way.
      #expect(abs(clustered.lower - plain.lower) < 1e-12 && abs(clustered.upper - plain.upper) < 1e-12)
    }
  }

  @Test("Of many clusters the interval is the normal one of their means: estimate ± 1.96 s / √n, within 5 %")
  func closedForm() throws {
    var generator = SeededGenerator(seed: 8, purpose: "clusters")
    let means = generator.normals(200).map { 0.7 + 0.1 * Double($0) }
    let sample = try #require(StudentInterval(means))
    let interval = try #require(
      BootstrapInterval.ofStatistic(clusterCount: 200, drawCount: 9_999, seed: 1) { clusters in
        clusters.reduce(0) { $0 + means[$1] } / Double(clusters.count)
      })
    let expected = 1.959964 * sample.standardError
    #expect(abs(interval.halfWidth / expected - 1) < 0.05)
    #expect(abs((interval.lower + interval.upper) / 2 - sample.mean) < 0.1 * expected)
  }

  @Test("Fewer than eight clusters have no interval, nor a statistic without a value for a sample")
  func none() {
    #expect(BootstrapInterval.ofStatistic(clusterCount: 7, seed: 1) { Double($0.count) } == nil)
    #expect(
      BootstrapInterval.ofStatistic(clusterCount: 8, drawCount: 50, seed: 1) { clusters in
        Set(clusters).count == 8 ? 1 : nil
      } == nil)
  }

  @Test(
    "Of 30 participants who differ, 20 answers each, 95 % intervals cover the true share in 90 % to 98 % of studies; one that takes answers for independent in less than 80 %"
  )
  func coverage() throws {
    let (studyCount, participantCount, answerCount) = (400, 30, 20)
    var generator = SeededGenerator(seed: 9, purpose: "clusters")
    var (clustered, independent) = (0, 0)
    for study in 0..<studyCount {
      // Each participant's own share is uniform in 0.4…1: mean 0.7.
      let right = (0..<participantCount).map { _ -> Int in
        let skill = 0.4 + 0.6 * generator.uniform()
        return (0..<answerCount).count { _ in generator.uniform() < skill }
      }
      let interval = try #require(
        BootstrapInterval.ofStatistic(
          clusterCount: participantCount, drawCount: 499, seed: UInt64(study)
        ) { clusters in
          Double(clusters.reduce(0) { $0 + right[$1] }) / Double(clusters.count * answerCount)
        })
      if interval.contains(0.7) { clustered += 1 }
      let pooled = Proportion(right.reduce(0, +), of: participantCount * answerCount)
      if pooled.interval95?.contains(0.7) == true { independent += 1 }
    }
    let shares = (Double(clustered) / Double(studyCount), Double(independent) / Double(studyCount))
    #expect(0.90...0.98 ~= shares.0, "clustered: \(shares.0)")
    #expect(shares.1 < 0.80, "independent: \(shares.1)")
  }
}
