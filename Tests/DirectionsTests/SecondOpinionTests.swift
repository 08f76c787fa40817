import Tensors
import Testing

@testable import Directions

@Suite struct SecondOpinionTests {
  private let labels = ClassLabels((0..<120).map { $0 % 3 }, classCount: 3)
  private let layout = ChoiceTrials.Layout(referenceCount: 3, trialCount: 5)

  private func space() throws -> SimilaritySpace {
    SimilaritySpace(of: try .normal(images: 120, dimension: 4, seed: 1), labels: labels, name: "other")
  }

  @Test("Each measure is what it is where all scores are known")
  func measures() throws {
    let space = try space()
    let opinion = SecondOpinion(space: space, topCount: 6, layout: layout, seed: 3)
    #expect(opinion.measures == [.coherence, .residual, .choice] && opinion.rankedCount == 20)
    var generator = SeededGenerator(seed: 2, purpose: "test scores")
    for place in 0..<5 {
      let scores = DirectionScores(generator.normals(120))
      let top = scores.highest(20)
      let coherence = EncoderCoherence(of: Array(top.prefix(6)), in: space)
      let choice = TwoAlternativeChoice(
        of: ChoiceTrials(.vsRandom, layout: layout, scores: scores, labels: labels, seed: 3, index: place),
        in: space)
      #expect(
        opinion.values(of: top, place: place)
          == [
            try #require(coherence.coherence), try #require(coherence.residual),
            try #require(choice.hardScore),
          ])
    }
  }

  @Test("Where images are too few for two sides, the choice is left out")
  func few() throws {
    let opinion = SecondOpinion(space: try space(), topCount: 6, seed: 3)
    #expect(opinion.measures == [.coherence, .residual] && opinion.rankedCount == 6)
  }

  @Test("Top images of an encoder's own axis are told from random images; random images are not")
  func power() throws {
    let features = try FeatureMatrix.normal(images: 120, dimension: 4, seed: 1)
    let opinion = SecondOpinion(space: try space(), topCount: 6, layout: layout, seed: 3)
    let place = opinion.measures.firstIndex(of: .choice)!
    var (own, random) = (0.0, 0.0)
    for trial in 0..<40 {
      let axis = DirectionSet.randomSphere(count: 1, dimension: 4, seed: UInt64(trial))
      let top = Ranking(of: features, along: axis, topCount: 20).topImages[0].map(\.imageIndex)
      own += opinion.values(of: top, place: trial)[place] / 40
      var generator = SeededGenerator(seed: UInt64(trial), purpose: "any images")
      random += opinion.values(of: generator.sample(20, of: 120), place: trial)[place] / 40
    }
    #expect(own > 0.8)
    #expect(abs(random - 0.5) < 0.14)  // 200 trials: standard error 0.035
  }
}
