import Tensors
import Testing

@testable import Directions

@Suite struct DirectionSetRandomTests {
  private static let dimension = 12

  private static func sets(count: Int, seed: UInt64) -> [DirectionSet] {
    [
      .rademacher(count: count, dimension: dimension, seed: seed),
      .sparseMix(of: 2, count: count, dimension: dimension, seed: seed),
      .nonNegative(count: count, dimension: dimension, seed: seed),
    ]
  }

  @Test("Directions have unit length and are the same whatever the count; seeds and families differ")
  func streams() {
    for (few, many) in zip(Self.sets(count: 3, seed: 1), Self.sets(count: 40, seed: 1)) {
      #expect(few.matrix.elements == Array(many.matrix.elements.prefix(3 * Self.dimension)))
      #expect(Set(many.ids).count == 40)
      for row in 0..<40 { #expect(abs(Norm.l2(many.matrix[row: row]) - 1) < 1e-6) }
    }
    let all = Self.sets(count: 3, seed: 1) + Self.sets(count: 3, seed: 2)
    #expect(Set(all.map(\.matrix.elements)).count == 6)
  }

  @Test("Signs are fair, and every weight has the same size")
  func signs() {
    let elements = DirectionSet.rademacher(count: 2000, dimension: Self.dimension, seed: 3).matrix.elements
    let size = Float(1 / Double(Self.dimension).squareRoot())
    #expect(elements.allSatisfy { abs(abs($0) - size) < 1e-7 })
    // Standard deviation of the count: √(24000 / 4) = 77; five of them.
    #expect(abs(elements.count { $0 > 0 } - 12_000) < 390)
  }

  @Test(
    "A mixture is of as many different neurons as asked for, all equally often", arguments: [1, 2, 5, 99])
  func mixtures(mixedCount: Int) {
    let set = DirectionSet.sparseMix(of: mixedCount, count: 1200, dimension: Self.dimension, seed: 5)
    var hits = [Int](repeating: 0, count: Self.dimension)
    for row in 0..<set.count {
      let mixed = set.matrix[row: row].enumerated().filter { $0.element != 0 }.map(\.offset)
      #expect(mixed.count == min(mixedCount, Self.dimension))
      for neuron in mixed { hits[neuron] += 1 }
    }
    let expected = Double(1200 * min(mixedCount, Self.dimension)) / Double(Self.dimension)
    #expect(hits.allSatisfy { abs(Double($0) - expected) < 5 * expected.squareRoot() + 1e-9 })
  }

  @Test("Two non-negative directions have the mean cosine 2/π")
  func cosine() {
    let set = DirectionSet.nonNegative(count: 60, dimension: 2000, seed: 7)
    #expect(set.matrix.elements.allSatisfy { $0 >= 0 })
    var sum = 0.0
    for row in 0..<59 {
      sum += zip(set.matrix[row: row], set.matrix[row: row + 1]).reduce(0) { $0 + Double($1.0 * $1.1) }
    }
    #expect(abs(sum / 59 - 2 / Double.pi) < 0.005)
  }

  @Test("The other end ranks the lowest images first, under another name")
  func negated() throws {
    let features = try FeatureMatrix.normal(images: 200, dimension: 5, seed: 4)
    let set = DirectionSet.randomSphere(count: 3, dimension: 5, seed: 2)
    let (up, down) = (
      Ranking(of: features, along: set, topCount: 200),
      Ranking(of: features, along: set.negated, topCount: 200)
    )
    for row in 0..<3 {
      #expect(up.topImages[row].map(\.imageIndex) == down.topImages[row].map(\.imageIndex).reversed())
    }
    #expect(set.negated.ids == ["−r000", "−r001", "−r002"])
  }

  @Test("Some random directions of a seed are those rows of all of them")
  func some() {
    let all = DirectionSet.randomSphere(count: 12, dimension: 5, seed: 3)
    let some = DirectionSet.randomSphere(numbers: 7..<10, dimension: 5, seed: 3)
    #expect(some.ids == Array(all.ids[7..<10]) && some.matrix == all.matrix.rows(7..<10))
  }
}
