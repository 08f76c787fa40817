import Foundation
import Testing

@testable import Directions

@Suite struct ClassEntropyTests {
  @Test("One class has 0 bits, m equal classes log₂ m and the perplexity m")
  func closedForm() throws {
    let labels = ClassLabels((0..<32).map { $0 % 8 }, classCount: 9)
    let one = ClassEntropy(of: [0, 8, 16], in: labels)
    #expect(one.bits == 0 && one.correctedBits == 0 && one.perplexity == 1)
    for classes in [2, 4, 8] {
      let images = (0..<16).map { $0 % classes + 8 * ($0 / classes % 4) }
      let result = ClassEntropy(of: images, in: labels)
      let bits = log2(Double(classes))
      #expect(abs(try #require(result.bits) - bits) < 1e-14)
      #expect(abs(try #require(result.perplexity) - Double(classes)) < 1e-13)
      let corrected = bits + Double(classes - 1) / (2 * 16 * log(2))
      #expect(abs(try #require(result.correctedBits) - corrected) < 1e-14)
    }
    let none = ClassEntropy(of: [], in: labels)
    #expect(none.bits == nil && none.correctedBits == nil && none.perplexity == nil)
  }

  @Test("Entropies are those of SciPy")
  func reference() throws {
    let reference = try CoherenceReference.load()
    for (images, expected) in zip(reference.sets, reference.entropies) {
      let found = try #require(ClassEntropy(of: images, in: reference.classLabels).bits)
      #expect(abs(found - expected) < 1e-14)
    }
  }

  @Test("Chance entropy is the mean over random sets, and 2.47 bits for nine of ten balanced classes")
  func chance() throws {
    let balanced = ClassLabels((0..<10_000).map { $0 % 10 }, classCount: 10)
    #expect(abs(ChanceEntropy(imageCount: 9, labels: balanced).bits - 2.47) < 0.005)
    let skewed = ClassLabels((0..<200).map { $0 < 120 ? 0 : $0 % 5 }, classCount: 6)
    for (labels, size) in [(balanced, 9), (skewed, 4), (skewed, 25)] {
      let chance = ChanceEntropy(imageCount: size, labels: labels)
      let sets = RandomImageSet.draw(count: 4000, size: size, imageCount: labels.values.count, seed: 3)
      let entropies = sets.map { ClassEntropy(of: $0.imageIndices, in: labels) }
      let bits = try entropies.map { try #require($0.bits) }
      let corrected = try entropies.map { try #require($0.correctedBits) }
      // Standard deviations are below 0.5 bits: four standard errors of 4,000 sets.
      #expect(abs(bits.reduce(0, +) / 4000 - chance.bits) < 0.032)
      #expect(abs(corrected.reduce(0, +) / 4000 - chance.correctedBits) < 0.032)
    }
    // All images: nothing is random.
    let all = ClassEntropy(of: Array(0..<200), in: skewed)
    #expect(abs(try #require(all.bits) - ChanceEntropy(imageCount: 200, labels: skewed).bits) < 1e-9)
  }
}
