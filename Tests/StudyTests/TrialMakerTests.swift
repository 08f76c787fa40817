import Directions
import Tensors
import Testing

@testable import Study

@Suite struct TrialMakerTests {
  private static let imageCount = 120

  /// Three live units, one that only four images excite, and one that is always 0.
  private func maker(_ variant: ChoiceTrials.Variant = .vsRandom) throws -> TrialMaker {
    var generator = SeededGenerator(seed: 3, purpose: "made-up features")
    var values = generator.normals(Self.imageCount * 5)
    for image in 0..<Self.imageCount {
      values[image * 5 + 3] = image < 4 ? 1 : 0
      values[image * 5 + 4] = 0
    }
    return TrialMaker(
      features: try FeatureMatrix(
        values: Tensor(shape: [Self.imageCount, 5], elements: values), layer: "made up"),
      labels: ClassLabels((0..<Self.imageCount).map { $0 % 3 }, classCount: 3),
      layout: ChoiceTrials.Layout(referenceCount: 4, trialCount: 6), variant: variant, seed: 2, workerCount: 1
    )
  }

  @Test(
    "A question's queries stand among no references, its images are all different, its high query among the highest",
    arguments: [ChoiceTrials.Variant.vsRandom, .vsSameLabel, .vsMin])
  func questions(variant: ChoiceTrials.Variant) throws {
    let maker = try maker(variant)
    let found = maker.candidates(3, of: .neurons(dimension: 5), firstIndex: 0, topCount: 9)
    #expect(found.found.map(\.name) == ["n0", "n1", "n2"])
    for (unit, candidate) in found.found.enumerated() {
      let scores = DirectionScores(
        (0..<Self.imageCount).map { maker.features.values.elements[$0 * 5 + unit] })
      let high = Set(scores.highest(30))
      #expect(candidate.top == scores.highest(9))
      let made = maker.questions(about: candidate, direction: unit)
      #expect(made.count == 6)
      for question in made {
        let (queries, place) = (Array(question.images.suffix(2)), try #require(question.highQuery))
        #expect(question.images.count == 10 && Set(question.images).count == 10)
        #expect(high.isSuperset(of: question.images.prefix(4)) && high.contains(queries[place]))
        #expect(high.isDisjoint(with: question.images[4..<8]) && !high.contains(queries[1 - place]))
        // The query is of the most extreme stratum.
        #expect(scores.highest(6).contains(queries[place]))
      }
      #expect(Set(made.map { $0.highQuery }) == [0, 1], "the high query is not always the same tile")
    }
  }

  @Test("References do not stand in the order of their scores")
  func shuffled() throws {
    let maker = try maker()
    let candidate = maker.candidates(1, of: .neurons(dimension: 5), firstIndex: 0, topCount: 9).found[0]
    let scores = (0..<Self.imageCount).map { maker.features.values.elements[$0 * 5] }
    let descending = maker.questions(about: candidate, direction: 0).count { question in
      zip(question.images, question.images.dropFirst()).prefix(3).allSatisfy { scores[$0] >= scores[$1] }
    }
    #expect(descending < 3)  // of six; one in 24 by chance
  }

  @Test("A catch question shows one of its high references again")
  func catchTrial() throws {
    let maker = try maker()
    let candidate = maker.candidates(1, of: .neurons(dimension: 5), firstIndex: 0, topCount: 9).found[0]
    let made = maker.catchTrial(about: candidate, number: 1)
    let place = try #require(made.highQuery)
    #expect(made.part == .catchTrial && made.images.count == 10)
    #expect(made.images.prefix(4).contains(made.images[8 + place]))
    #expect(!made.images.prefix(8).contains(made.images[9 - place]))
  }

  @Test("Practice sets one class against the others")
  func practice() throws {
    for number in 0..<8 {
      let made = try #require(try maker().practice(number: number))
      let place = try #require(made.highQuery)
      let classes = (made.images.prefix(4) + [made.images[8 + place]]).map { $0 % 3 }
      #expect(Set(classes).count == 1)
      let others = (made.images[4..<8] + [made.images[9 - place]]).map { $0 % 3 }
      #expect(!others.contains(classes[0]))
      #expect(Set(made.images).count == 10)
    }
  }

  @Test("Units whose high images tie with the lowest score are passed over, and the reason is said")
  func passedOver() throws {
    let found = try maker().candidates(4, of: .neurons(dimension: 5), firstIndex: 0, topCount: 9)
    #expect(found.found.count == 3)
    #expect(found.passedOver == ["n3", "n4"])
    #expect(found.reason == "fewer than 30 images are above its lowest score")
  }
}
