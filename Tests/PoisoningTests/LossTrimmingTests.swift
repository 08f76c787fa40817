import Tensors
import Testing

@testable import Poisoning

@Suite struct LossTrimmingTests {
  @Test("The largest losses go, of equal ones the later, and what is no number goes first")
  func kept() {
    #expect(LossTrimming.kept(losses: [3, 1, 3, 2], dropping: 1) == [0, 1, 3])
    #expect(LossTrimming.kept(losses: [3, 1, .nan, 2], dropping: 1) == [0, 1, 3])
    #expect(LossTrimming.kept(losses: [3, 1, .infinity, 2], dropping: 2) == [1, 3])
    #expect(LossTrimming.kept(losses: [3, 1], dropping: 0) == [0, 1])
    #expect(LossTrimming.kept(losses: [3, 1], dropping: 2).isEmpty)
  }

  /// The fit is the mean, the loss (x − mean)², so every round can be worked out by hand.
  @Test("Planted outliers of a mean are removed, the one that hides behind the others in the second round")
  func outliers() {
    // Mean 4.1: the two largest losses are those of 40 and of −6, not of 12.
    let values: [Double] = [0, 1, 2, 0, 1, 2, 40, 12, -6, -1, 0, 1, 0, 2, 1, 2, 0, 3, 3, 19]
    let outliers: Set<Int> = [6, 7, 8, 19]
    var fits: [[Int]] = []
    let kept = LossTrimming.iterated(count: values.count, rounds: 3, dropping: { _ in 4 }) { images in
      fits.append(images)
      let mean = images.reduce(0) { $0 + values[$1] } / Double(images.count)
      return values.map { ($0 - mean) * ($0 - mean) }
    }
    #expect(kept.count == 3 && fits.count == 4 && fits[0] == Array(0..<20))
    #expect(Set(kept[2]).isDisjoint(with: outliers) && kept[2].count == 16)
    #expect(Array(fits[1...]) == kept)
  }

  @Test("The number to drop is asked for once, with the losses of the first fit")
  func estimated() {
    var asked: [[Double]] = []
    let kept = LossTrimming.iterated(
      count: 4, rounds: 2,
      dropping: {
        asked.append($0)
        return $0.count { $0 > 1 }
      }
    ) { images in images.count == 4 ? [0, 5, 0.5, 2] : [9, 0, 0, 9] }
    #expect(asked == [[0, 5, 0.5, 2]] && kept == [[0, 2], [1, 2]])
  }
}
