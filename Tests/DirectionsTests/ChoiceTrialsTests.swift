import Tensors
import Testing

@testable import Directions

@Suite struct ChoiceTrialsTests {
  private let layout = ChoiceTrials.Layout(referenceCount: 3, trialCount: 5)
  private let labels = ClassLabels((0..<120).map { $0 % 3 }, classCount: 3)

  private func scores(seed: UInt64) -> DirectionScores {
    var generator = SeededGenerator(seed: seed, purpose: "test scores")
    return DirectionScores(generator.normals(120))
  }

  @Test("The default is the layout of IMI: 9 references, 20 trials, 200 images")
  func defaults() {
    let layout = ChoiceTrials.Layout()
    #expect(layout.referenceCount == 9 && layout.trialCount == 20 && layout.imageCount == 200)
  }

  @Test(
    "Each trial has a query of the first stratum and a reference of each other one", arguments: [1, 2, 3])
  func strata(seed: UInt64) {
    let scores = scores(seed: seed)
    for variant in ChoiceTrials.Variant.allCases {
      let trials = ChoiceTrials(
        variant, layout: layout, scores: scores, labels: labels, seed: seed, index: 4
      ).trials
      #expect(trials.count == 5)
      let high = trials.map { [$0.highQuery] + $0.highReferences }
      for stratum in 0..<4 {
        #expect(Set(high.map { $0[stratum] }) == Set(scores.order[stratum * 5..<(stratum + 1) * 5]))
      }
      let low = trials.map { [$0.lowQuery] + $0.lowReferences }
      #expect(low.allSatisfy { $0.count == 4 })
      #expect(Set(high.joined()).union(low.joined()).count == 40)  // no image twice
      switch variant {
      case .vsRandom: break
      case .vsSameLabel:
        #expect(high.joined().map { labels.values[$0] } == low.joined().map { labels.values[$0] })
      case .vsMin:
        let lowest = scores.lowest(20)
        for stratum in 0..<4 {
          #expect(Set(low.map { $0[stratum] }) == Set(lowest[stratum * 5..<(stratum + 1) * 5]))
        }
      }
    }
  }

  @Test("The same seed and number give the same trials; variants of a direction share the high side")
  func seeds() {
    let scores = scores(seed: 7)
    func trials(_ variant: ChoiceTrials.Variant, seed: UInt64, index: Int) -> ChoiceTrials {
      ChoiceTrials(variant, layout: layout, scores: scores, labels: labels, seed: seed, index: index)
    }
    for variant in ChoiceTrials.Variant.allCases {
      #expect(trials(variant, seed: 1, index: 2) == trials(variant, seed: 1, index: 2))
      #expect(trials(variant, seed: 1, index: 2) != trials(variant, seed: 1, index: 3))
      #expect(trials(variant, seed: 1, index: 2) != trials(variant, seed: 2, index: 2))
      #expect(
        trials(variant, seed: 1, index: 2).trials.map(\.highReferences)
          == trials(.vsRandom, seed: 1, index: 2).trials.map(\.highReferences))
    }
    // Shuffled: the trials do not run down the ranking.
    let queries = (0..<20).map { trials(.vsRandom, seed: 1, index: $0).trials.map(\.highQuery) }
    #expect(Set(queries).count > 10)
  }

  @Test("Too few images, too few of a class, and a tie across the low side are told, not papered over")
  func reasons() {
    let scores = scores(seed: 3)
    let large = ChoiceTrials.Layout(referenceCount: 9, trialCount: 20)
    let few = ChoiceTrials(.vsRandom, layout: large, scores: scores, labels: labels, seed: 1, index: 0)
    #expect(few.trials.isEmpty && few.reason == "two sides need 400 images, got 120")

    // The 20 highest are all of class 1, which has 25 images.
    let pure = DirectionScores((0..<120).map { Float(-$0) })
    let uneven = ClassLabels((0..<120).map { $0 < 25 ? 1 : 0 }, classCount: 2)
    let rare = ChoiceTrials(.vsSameLabel, layout: layout, scores: pure, labels: uneven, seed: 1, index: 0)
    #expect(rare.trials.isEmpty && rare.reason == "20 of the high images are of class 1, and 5 are left")

    let rectified = DirectionScores(scores.values.map { max(0, $0) })
    let zeros = rectified.values.count { $0 == 0 }
    let tied = ChoiceTrials(.vsMin, layout: layout, scores: rectified, labels: labels, seed: 1, index: 0)
    #expect(tied.trials.isEmpty)
    #expect(tied.reason == "\(zeros) images tie at 0.0, so the low side is not theirs to choose")
    #expect(
      ChoiceTrials(.vsRandom, layout: layout, scores: rectified, labels: labels, seed: 1, index: 0).reason
        == nil)
  }
}
