import Directions
import Tensors
import Testing

@testable import Poisoning

@Suite struct NeighbourCheckTests {
  private func features(_ count: Int, classes: Int, spread: Double, seed: UInt64) throws -> FeatureMatrix {
    var generator = SeededGenerator(seed: seed, purpose: "test")
    let labels = (0..<count).map { $0 % classes }
    let values = labels.flatMap { label in
      (0..<5).map { Float(label == $0 ? 1 : 0) + Float(spread) * Float(generator.uniform() - 0.5) }
    }
    return try FeatureMatrix(
      values: Tensor(shape: [count, 5], elements: values), labels: ClassLabels(labels, classCount: classes),
      layer: "made up")
  }

  @Test("Exactly the planted images, which lie among another class, disagree")
  func planted() throws {
    let clean = try features(300, classes: 3, spread: 0.5, seed: 1)
    #expect(try NeighbourCheck(of: clean, neighbourCount: 9, workerCount: 1).disagreeing.isEmpty)
    var labels = clean.labels!.values
    let planted = [4, 100, 101, 250]
    for image in planted { labels[image] = (labels[image] + 1) % 3 }
    let poisoned = try FeatureMatrix(
      values: clean.values, labels: ClassLabels(labels, classCount: 3), layer: "made up")
    for workers in 1...2 {
      #expect(
        try NeighbourCheck(of: poisoned, neighbourCount: 9, workerCount: workers).disagreeing == planted)
    }
  }

  @Test("The same images as by sorting all distances in Double", arguments: [1, 4, 25, 1000])
  func sorted(k: Int) throws {
    let features = try features(600, classes: 4, spread: 3, seed: 2)
    let (values, labels) = (features.values, features.labels!)
    let expected = (0..<600).filter { row in
      let nearest = (0..<600).filter { $0 != row }.map { other in
        (
          zip(values[row: row], values[row: other]).reduce(0.0) {
            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
          }, other
        )
      }.sorted { $0 < $1 }.prefix(k).map(\.1)
      let votes = labels.counts(among: nearest)
      return votes.max()! > votes[labels.values[row]]
    }
    #expect(!expected.isEmpty)
    #expect(try NeighbourCheck(of: features, neighbourCount: k, workerCount: 2).disagreeing == expected)
  }

  @Test("A tie with another label is no disagreement")
  func tie() throws {
    let line = try FeatureMatrix(
      values: Tensor(shape: [3, 1], elements: [0, 1, -1]), labels: ClassLabels([0, 0, 1], classCount: 2),
      layer: "line")
    #expect(try NeighbourCheck(of: line, neighbourCount: 2).disagreeing == [2])
  }
}
