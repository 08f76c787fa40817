import Adversarial
import Directions
import Foundation
import Tensors
import Testing

/// What an answer costs beside its pictures, at the size that it was made for.
struct DirectionSpeedTests {
  @Test(
    "60,000 images of 128 features are ranked along a direction well within what a hand on a slider waits for"
  )
  func speed() throws {
    var generator = SeededGenerator(seed: 1, purpose: "features")
    let (count, width) = (60_000, 128)
    let features = try FeatureMatrix(
      values: Tensor(shape: [count, width], elements: generator.normals(count * width)), layer: "made up")
    let directions = DirectionSet.randomSphere(count: 1, dimension: width, seed: 1)
    var best = Duration.seconds(60)
    for _ in 0..<5 {
      best = min(
        best,
        ContinuousClock().measure {
          let ranking = Ranking(of: features, along: directions, topCount: 25)
          let table = ActivationStatistics.table(of: features, along: directions, ranking: ranking)
          #expect(table[0].imageCount == count)
        })
    }
    print("60,000 × 128: \(best)")
    // Promised are 100; other tests share the cores.
    #expect(best < .milliseconds(200), "\(best)")
  }
}
