import Tensors
import Testing

@testable import Directions

@Suite struct SimilaritySpaceTests {
  @Test("Coherence is scikit-learn's mean cosine of centred rows, over pairs of a set and over all")
  func reference() throws {
    let reference = try CoherenceReference.load()
    for workerCount in [1, 3] {
      let space = SimilaritySpace(
        of: try reference.featureMatrix(), labels: reference.classLabels, name: "made up",
        workerCount: workerCount)
      for (images, expected) in zip(reference.sets, reference.coherences) {
        // Unit vectors are Floats.
        #expect(abs(try #require(space.coherence(of: images)) - expected) < 1e-6)
      }
      #expect(abs(try #require(space.chanceCoherence) - reference.chanceCoherence) < 1e-6)
    }
  }

  @Test(
    "Equal images have coherence 1, a balanced pair of opposite ones −1, an image at the mean is like nothing"
  )
  func closedForm() throws {
    let values = Tensor(shape: [5, 2], elements: [3, 1, 3, 1, -1, 1, -1, 1, 1, 1])
    let space = SimilaritySpace(
      of: try FeatureMatrix(values: values, layer: "made up"),
      labels: ClassLabels([0, 0, 1, 1, 1], classCount: 2), name: "made up")
    #expect(space.coherence(of: [0, 1]) == 1)
    #expect(space.coherence(of: [0, 2]) == -1)
    #expect(space.coherence(of: [0, 4]) == 0)
    #expect(space.coherence(of: [0, 1, 2]) == -1.0 / 3)
    #expect(space.coherence(of: [3]) == nil)
    #expect(space.chanceCoherence == -0.2)  // 2 pairs alike, 4 opposite, 4 with the mean
  }

  @Test("Shifting and scaling the encoder's features changes nothing beyond rounding")
  func invariance() throws {
    let reference = try CoherenceReference.load()
    let features = try reference.featureMatrix()
    let moved = try FeatureMatrix(
      values: Tensor(shape: features.values.shape, elements: features.values.elements.map { 3 * $0 - 5 }),
      layer: "moved")
    let before = SimilaritySpace(of: features, labels: reference.classLabels, name: "a")
    let after = SimilaritySpace(of: moved, labels: reference.classLabels, name: "b")
    for images in reference.sets {
      #expect(
        abs(try #require(before.coherence(of: images)) - (try #require(after.coherence(of: images)))) < 1e-6)
    }
  }

  @Test("Random sets have the chance coherence on average")
  func randomSets() throws {
    let reference = try CoherenceReference.load()
    let space = SimilaritySpace(
      of: try reference.featureMatrix(), labels: reference.classLabels, name: "made up")
    let sets = RandomImageSet.draw(count: 3000, size: 5, imageCount: 60, seed: 8)
    let values = try sets.map { Float(try #require(space.coherence(of: $0.imageIndices))) }
    let error = try #require(Statistics.standardDeviation(values)) / 3000.0.squareRoot()
    #expect(abs(try #require(Statistics.mean(values)) - (try #require(space.chanceCoherence))) < 4 * error)
  }
}
