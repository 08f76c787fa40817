import Foundation
import Tensors
import Testing

@testable import Directions

@Suite struct TwoAlternativeChoiceTests {
  private let layout = ChoiceTrials.Layout(referenceCount: 4, trialCount: 10)

  /// Images whose encoder features are normal, with a mean that depends on the class.
  private func space(classDistance: Float, seed: UInt64) throws -> (SimilaritySpace, ClassLabels) {
    let labels = ClassLabels((0..<300).map { $0 % 3 }, classCount: 3)
    var values = try FeatureMatrix.normal(images: 300, dimension: 8, seed: seed).values
    for (image, label) in labels.values.enumerated() { values.elements[image * 8 + label] += classDistance }
    let space = SimilaritySpace(
      of: try FeatureMatrix(values: values, layer: "made up"), labels: labels, name: "made up")
    return (space, labels)
  }

  @Test("The margin is the difference of four mean cosines")
  func margin() throws {
    let (space, _) = try space(classDistance: 1, seed: 2)
    let trial = ChoiceTrial(highQuery: 0, highReferences: [3, 6, 9], lowQuery: 1, lowReferences: [4, 5])
    func similarity(_ query: Int, _ references: [Int]) throws -> Double {
      // The coherence of two images is their cosine.
      try references.reduce(0) { try $0 + #require(space.coherence(of: [query, $1])) }
        / Double(references.count)
    }
    let expected =
      try similarity(0, [3, 6, 9]) - similarity(0, [4, 5])
      - (similarity(1, [3, 6, 9]) - similarity(1, [4, 5]))
    #expect(abs(space.margin(of: trial) - expected) < 1e-12)
  }

  @Test("Random directions score 0.5 in every variant, though the encoder sees the classes")
  func chance() throws {
    let (space, labels) = try space(classDistance: 2, seed: 3)
    for variant in ChoiceTrials.Variant.allCases {
      let scores = try (0..<300).map { index in
        var generator = SeededGenerator(seed: 4, purpose: "test scores", index: index)
        let trials = ChoiceTrials(
          variant, layout: layout, scores: DirectionScores(generator.normals(300)), labels: labels, seed: 5,
          index: index)
        let choice = TwoAlternativeChoice(of: trials, in: space)
        return (hard: Float(try #require(choice.hardScore)), soft: Float(try #require(choice.softScore)))
      }
      for values in [scores.map(\.hard), scores.map(\.soft)] {
        let error = try #require(Statistics.standardDeviation(values)) / 300.0.squareRoot()
        #expect(abs(try #require(Statistics.mean(values)) - 0.5) < 4 * error)
      }
    }
  }

  @Test("A direction that finds a class is told from random images, but not from the same class")
  func classDirection() throws {
    let (space, labels) = try space(classDistance: 6, seed: 6)
    var generator = SeededGenerator(seed: 7, purpose: "test scores")
    let noise = generator.normals(300)
    // The class decides the top, noise that the encoder cannot see decides the rest.
    let scores = DirectionScores(labels.values.indices.map { (labels.values[$0] == 1 ? 10 : 0) + noise[$0] })
    func choice(_ variant: ChoiceTrials.Variant) -> TwoAlternativeChoice {
      TwoAlternativeChoice(
        of: ChoiceTrials(variant, layout: layout, scores: scores, labels: labels, seed: 8, index: 0),
        in: space)
    }
    #expect(try #require(choice(.vsMin).hardScore) == 1)
    // A third of the random queries are of the class as well.
    #expect(try #require(choice(.vsRandom).hardScore) >= 0.7)
    #expect((0.1...0.9).contains(try #require(choice(.vsSameLabel).hardScore)))
    #expect(try #require(choice(.vsMin).softScore) > 0.5)
  }

  @Test("An encoder that sees nothing scores one half; hard and soft are those of the margins")
  func ties() throws {
    let labels = ClassLabels((0..<100).map { $0 % 2 }, classCount: 2)
    let blind = SimilaritySpace(
      of: try FeatureMatrix(values: Tensor(repeating: 3, shape: [100, 2]), layer: "blind"), labels: labels,
      name: "blind")
    let scores = DirectionScores((0..<100).map(Float.init))
    let trials = ChoiceTrials(.vsRandom, layout: layout, scores: scores, labels: labels, seed: 1, index: 0)
    let choice = TwoAlternativeChoice(of: trials, in: blind)
    #expect(choice.hardScore == 0.5 && choice.softScore == 0.5 && choice.reason == nil)

    let (space, threeLabels) = try space(classDistance: 1, seed: 9)
    let other = ChoiceTrials(
      .vsRandom, layout: layout, scores: DirectionScores((0..<300).map(Float.init)), labels: threeLabels,
      seed: 1,
      index: 0)
    let margins = other.trials.map { space.margin(of: $0) }
    let result = TwoAlternativeChoice(of: other, in: space, steepness: 2)
    #expect(result.hardScore == Double(margins.count { $0 > 0 }) / 10)
    let soft = margins.reduce(0) { $0 + 1 / (1 + exp(-2 * $1)) } / 10
    #expect(abs(try #require(result.softScore) - soft) < 1e-15)
  }

  @Test("Without trials there is no score, and the reason is passed on")
  func reason() throws {
    let (space, labels) = try space(classDistance: 1, seed: 2)
    let trials = ChoiceTrials(
      .vsMin, layout: layout, scores: DirectionScores([Float](repeating: 0, count: 300)), labels: labels,
      seed: 1,
      index: 0)
    let choice = TwoAlternativeChoice(of: trials, in: space)
    #expect(choice.hardScore == nil && choice.softScore == nil && choice.reason == trials.reason)
  }
}
