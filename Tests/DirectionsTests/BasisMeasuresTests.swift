import Tensors
import Testing

@testable import Directions

@Suite struct BasisMeasuresTests {
  private let labels = ClassLabels((0..<90).map { $0 % 3 }, classCount: 3)

  private func ranking(count: Int, topCount: Int) throws -> Ranking {
    Ranking(
      of: try .normal(images: 90, dimension: 7, seed: 2),
      along: .randomSphere(count: count, dimension: 7, seed: 5), topCount: topCount)
  }

  private func opinion() throws -> SecondOpinion {
    SecondOpinion(
      space: SimilaritySpace(
        of: try .normal(images: 90, dimension: 3, seed: 6), labels: labels, name: "other"),
      topCount: 4, layout: ChoiceTrials.Layout(referenceCount: 3, trialCount: 5), seed: 9)
  }

  @Test("A size's κ is that of the beginning of the ranking, whatever else is measured")
  func sizes() throws {
    let measures = BasisMeasures(labels: labels, topCounts: [5, 9], secondOpinion: try opinion())
    #expect(measures.rankedCount == 20 && measures.count == 5)
    let ranking = try ranking(count: 4, topCount: 20)
    let values = measures.values(of: ranking)
    for direction in 0..<4 {
      let images = ranking.topImages[direction].map(\.imageIndex)
      #expect(values[0][direction] == LabelAgreement(of: Array(images.prefix(5)), in: labels).kappa)
      #expect(values[1][direction] == LabelAgreement(of: Array(images.prefix(9)), in: labels).kappa)
      #expect(values[2][direction] == (try opinion()).space.coherence(of: Array(images.prefix(4))))
    }
    #expect(values == measures.values(of: ranking, workerCount: 1))
  }

  @Test("Means are over each basis, and the place in the basis decides what is drawn")
  func means() throws {
    let measures = BasisMeasures(labels: labels, topCounts: [5], secondOpinion: try opinion())
    let ranking = try ranking(count: 6, topCount: 20)
    let values = measures.values(of: ranking, basisSize: 3)
    let means = measures.means(of: ranking, basisSize: 3)
    #expect(means.count == 2)
    for basis in 0..<2 {
      for measure in 0..<measures.count {
        let mean = values[measure][basis * 3..<basis * 3 + 3].reduce(0, +) / 3
        #expect(abs(means[basis][measure] - mean) < 1e-15)
      }
    }
    // Direction 3 is the first of its basis: it is asked as a first one is.
    let images = ranking.topImages[3].map(\.imageIndex)
    #expect(values.dropFirst().map { $0[3] } == (try opinion()).values(of: images, place: 0))
  }
}
