import Tensors
import Testing

@testable import Directions

@Suite struct EncoderCoherenceTests {
  @Test("The expectation for labels is the mean over drawn sets with these labels")
  func expectation() throws {
    let reference = try CoherenceReference.load()
    let labels = reference.classLabels
    let space = SimilaritySpace(of: try reference.featureMatrix(), labels: labels, name: "made up")
    var generator = SeededGenerator(seed: 9, purpose: "same labels")
    for images in reference.sets.prefix(3) + [[0, 4, 5], [1, 18]] {
      let counts = labels.counts(among: images)
      let values = try (0..<3000).map { _ in
        let drawn = counts.indices.flatMap { label in
          let pool = labels.values.indices.filter { labels.values[$0] == label }
          return generator.sample(counts[label], of: pool.count).map { pool[$0] }
        }
        return Float(try #require(space.coherence(of: drawn)))
      }
      let error = try #require(Statistics.standardDeviation(values)) / 3000.0.squareRoot()
      let result = EncoderCoherence(of: images, in: space)
      #expect(
        abs(try #require(Statistics.mean(values)) - (try #require(result.expectedForLabels))) < 4 * error)
      #expect(
        try #require(result.residual) == (try #require(result.coherence))
          - (try #require(result.expectedForLabels)))
    }
  }

  @Test("Where an encoder sees the class and nothing else, coherence is high and the residual 0")
  func classOnly() throws {
    let labels = ClassLabels((0..<40).map { $0 % 4 }, classCount: 4)
    let elements = labels.values.flatMap { label in (0..<4).map { Float($0 == label ? 1 : 0) } }
    let space = SimilaritySpace(
      of: try FeatureMatrix(values: Tensor(shape: [40, 4], elements: elements), layer: "one-hot"),
      labels: labels, name: "one-hot")
    let pure = EncoderCoherence(of: [0, 4, 8, 12], in: space)
    #expect(abs(try #require(pure.coherence) - 1) < 1e-6)
    #expect(abs(try #require(pure.residual)) < 1e-6)
    let mixed = EncoderCoherence(of: [0, 4, 1, 2, 3], in: space)
    let coherence = try #require(mixed.coherence)
    #expect(coherence < 0)
    #expect(abs(try #require(mixed.residual)) < 1e-6)
  }

  @Test("Renaming the classes changes nothing")
  func renaming() throws {
    let reference = try CoherenceReference.load()
    let features = try reference.featureMatrix()
    let renamed = ClassLabels(reference.labels.map { 3 - $0 }, classCount: 4)
    let first = SimilaritySpace(of: features, labels: reference.classLabels, name: "a")
    let second = SimilaritySpace(of: features, labels: renamed, name: "a")
    for images in reference.sets {
      let residuals = (
        try #require(EncoderCoherence(of: images, in: first).residual),
        try #require(EncoderCoherence(of: images, in: second).residual)
      )
      #expect(abs(residuals.0 - residuals.1) < 1e-12)
    }
  }

  @Test("Fewer than two images have no coherence")
  func single() throws {
    let reference = try CoherenceReference.load()
    let space = SimilaritySpace(of: try reference.featureMatrix(), labels: reference.classLabels, name: "a")
    let result = EncoderCoherence(of: [3], in: space)
    #expect(result.coherence == nil && result.expectedForLabels == nil && result.residual == nil)
  }
}
