import Tensors
import Testing

@testable import Directions

@Suite struct LabelAgreementTests {
  @Test("Agreement, chance and κ of a small set are those counted by hand")
  func byHand() throws {
    // Probe set: 4 of class 0, 2 of class 1. Set: 0 0 1.
    let labels = ClassLabels([0, 0, 0, 0, 1, 1], classCount: 2)
    let result = LabelAgreement(of: [0, 1, 5], in: labels)
    #expect(result.agreement == 1.0 / 3)  // one pair of three
    #expect(result.chanceAgreement == 7.0 / 15)  // 6 + 1 pairs of 15
    let kappa = try #require(result.kappa)
    #expect(abs(kappa + 0.25) < 1e-15)  // (5 − 7) / (15 − 7)
    #expect(result.topClass == 0 && result.topClassCount == 2)
    #expect(result.purity == 2.0 / 3)
  }

  @Test("Chance follows the formula S₀ = Σ π(Nπ − 1)/(N − 1), not 1/C, for unbalanced classes")
  func chance() throws {
    let counts = [70, 20, 10, 0]
    let labels = ClassLabels(counts.enumerated().flatMap { Array(repeating: $0, count: $1) }, classCount: 4)
    let expected = counts.reduce(0.0) { $0 + Double($1) / 100 * Double($1 - 1) / 99 }
    #expect(abs(try #require(LabelAgreement(of: [0, 1], in: labels).chanceAgreement) - expected) < 1e-15)
  }

  @Test(
    "Random image sets have κ 0 on average, for every k and for unbalanced classes",
    arguments: [2, 4, 9, 25, 100])
  func randomSets(size: Int) throws {
    let balanced = ClassLabels((0..<1000).map { $0 % 10 }, classCount: 10)
    let skewed = ClassLabels((0..<1000).map { $0 < 700 ? 0 : $0 % 5 }, classCount: 5)
    for labels in [balanced, skewed] {
      let sets = RandomImageSet.draw(count: 3000, size: size, imageCount: 1000, seed: 12)
      let kappas = try sets.map { Float(try #require(LabelAgreement(of: $0.imageIndices, in: labels).kappa)) }
      let mean = try #require(Statistics.mean(kappas))
      let error = try #require(Statistics.standardDeviation(kappas)) / 3000.0.squareRoot()
      #expect(abs(mean) < 4 * error)
    }
  }

  @Test("The largest κ is that of the best of all sets of as many images, and 1 where a class fills one")
  func largest() throws {
    for counts in [[2, 3, 1], [3, 3], [1, 1, 1], [5, 1]] {
      let values = counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
      let labels = ClassLabels(values, classCount: counts.count)
      for size in 2...values.count {
        let sets = (0..<1 << values.count).filter { $0.nonzeroBitCount == size }.map { set in
          values.indices.filter { set >> $0 & 1 == 1 }
        }
        let best = sets.compactMap { LabelAgreement(of: $0, in: labels).kappa }.max()
        let largest = try #require(LabelAgreement.largestKappa(topCount: size, in: labels))
        #expect(abs(largest - (try #require(best))) < 1e-12)
        #expect((largest == 1) == (size <= counts.max()!))
      }
    }
    // Six images of each of three classes, nine in a set.
    let labels = ClassLabels((0..<18).map { $0 % 3 }, classCount: 3)
    #expect(abs(try #require(LabelAgreement.largestKappa(topCount: 9, in: labels)) - 0.2917) < 1e-4)
    #expect(LabelAgreement.largestKappa(topCount: 1, in: labels) == nil)
    #expect(LabelAgreement.largestKappa(topCount: 19, in: labels) == nil)
  }

  @Test("Noisy one-hot features stand far above random directions, and those above random sets")
  func oneHot() throws {
    let count = 1000
    let labels = ClassLabels((0..<count).map { ($0 * 7) % 10 }, classCount: 10)
    var generator = SeededGenerator(seed: 14)
    var values = Tensor(shape: [count, 10], elements: generator.normals(count * 10).map { 0.1 * $0 })
    for (image, label) in labels.values.enumerated() { values.elements[image * 10 + label] += 1 }
    let features = try FeatureMatrix(values: values, labels: labels, layer: "one-hot")

    let neurons = Ranking(of: features, along: .neurons(dimension: 10), topCount: 9)
    for row in 0..<10 {
      let result = LabelAgreement(of: neurons.imageIndices(ofRow: row), in: labels)
      #expect(result.kappa == 1)
      #expect(result.topClass == row)
    }
    let random = RandomImageSet.draw(count: 100, size: 9, imageCount: count, seed: 15)
    let highest = try random.map { try #require(LabelAgreement(of: $0.imageIndices, in: labels).kappa) }.max()
    #expect(try #require(highest) < 0.6)

    // A rotation of class-selective features is selective too, less sharply: the paper's observation.
    let sphere = Ranking(of: features, along: .randomSphere(count: 100, dimension: 10, seed: 16), topCount: 9)
    let kappas = try (0..<100).map {
      Float(try #require(LabelAgreement(of: sphere.imageIndices(ofRow: $0), in: labels).kappa))
    }
    #expect(try #require(Statistics.mean(kappas)) > 0.5)
  }

  @Test("Fewer than two images, or one class only, have no κ; a tie of classes goes to the lower")
  func edges() {
    let labels = ClassLabels([0, 1, 1, 0], classCount: 3)
    #expect(LabelAgreement(of: [], in: labels).kappa == nil)
    #expect(LabelAgreement(of: [], in: labels).topClass == nil)
    #expect(LabelAgreement(of: [], in: labels).purity == nil)
    #expect(LabelAgreement(of: [2], in: labels).kappa == nil)
    #expect(LabelAgreement(of: [2], in: labels).purity == 1)
    #expect(LabelAgreement(of: [1, 0], in: labels).topClass == 0)
    let single = ClassLabels([2, 2, 2], classCount: 3)
    #expect(LabelAgreement(of: [0, 1], in: single).kappa == nil)
    #expect(LabelAgreement(of: [0, 1], in: single).agreement == 1)
    #expect(LabelAgreement(of: [0], in: ClassLabels([0], classCount: 1)).chanceAgreement == nil)
  }
}
