import Foundation
import Testing

@testable import Networks

@Suite struct PoissonLotsTests {
  @Test("Every image is in a lot with probability q, whichever other image is in it")
  func inclusion() {
    let (count, rate, steps) = (40, 0.15, 20_000)
    let lots = PoissonLots(imageCount: count, samplingRate: rate, seed: 3)
    var single = [Double](repeating: 0, count: count)
    var pairs = [Double](repeating: 0, count: count)  // an image with its neighbour
    var (sum, squares, following, previous) = (0.0, 0.0, 0.0, 0.0)
    for step in 0..<steps {
      let lot = lots.lot(step: step)
      #expect(zip(lot, lot.dropFirst()).allSatisfy { $0 < $1 } && lot.allSatisfy { (0..<count).contains($0) })
      let present = Set(lot)
      for image in lot {
        single[image] += 1
        if present.contains((image + 1) % count) { pairs[image] += 1 }
      }
      let size = Double(lot.count)
      sum += size
      squares += size * size
      following += size * previous
      previous = size
    }
    let steps64 = Double(steps)
    // Five standard errors; of eighty shares the largest is expected at about three.
    let error = 5 * (rate * (1 - rate) / steps64).squareRoot()
    #expect(single.allSatisfy { abs($0 / steps64 - rate) < error })
    let pair = rate * rate
    #expect(pairs.allSatisfy { abs($0 / steps64 - pair) < 5 * (pair * (1 - pair) / steps64).squareRoot() })
    // Sizes are binomial, and no step knows of another.
    let mean = Double(count) * rate
    let variance = mean * (1 - rate)
    #expect(abs(sum / steps64 - mean) < 5 * (variance / steps64).squareRoot())
    let found = squares / steps64 - (sum / steps64) * (sum / steps64)
    #expect(abs(found / variance - 1) < 5 * (2 / steps64).squareRoot() * 1.1)
    #expect(
      abs(following / steps64 - mean * mean) < 5 * (variance + 2 * mean * mean).squareRoot()
        / steps64.squareRoot() * 2)
  }

  @Test("A lot depends on the seed and the step alone; q = 1 takes all images, q = 0 none")
  func ends() {
    let lots = PoissonLots(imageCount: 1000, samplingRate: 0.1, seed: 3)
    #expect(lots.lot(step: 7) == lots.lot(step: 7) && lots.lot(step: 7) != lots.lot(step: 8))
    #expect(lots.lot(step: 7) != PoissonLots(imageCount: 1000, samplingRate: 0.1, seed: 4).lot(step: 7))
    #expect(PoissonLots(imageCount: 5, samplingRate: 1, seed: 3).lot(step: 0) == [0, 1, 2, 3, 4])
    #expect(PoissonLots(imageCount: 5, samplingRate: 0, seed: 3).lot(step: 0) == [])
    #expect(PoissonLots(imageCount: 5, samplingRate: 1e-300, seed: 3).lot(step: 0) == [])
  }

  @Test("Batches of one size, the last short, or lots of any size, the empty ones too")
  func batches() {
    let fixed = EpochBatches(Array(0..<7), batchSize: 3)
    #expect(fixed.count == 3 && fixed.imageCount == 7)
    #expect((0..<3).map { Array(fixed[$0]) } == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(EpochBatches(Array(0..<6), batchSize: 3).count == 2)
    let lots = EpochBatches([[], [4, 5], [], [1]])
    #expect(lots.count == 4 && lots.imageCount == 3)
    #expect((0..<4).map { Array(lots[$0]) } == [[], [4, 5], [], [1]])
  }
}
