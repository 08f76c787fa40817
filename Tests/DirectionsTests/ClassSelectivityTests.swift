import Tensors
import Testing

@testable import Directions

@Suite struct ClassSelectivityTests {
  @Test("AUROC is that of scikit-learn and d′ that of NumPy, ties included")
  func reference() throws {
    let reference = try CoherenceReference.load()
    for (name, column) in reference.columns {
      let found = ClassSelectivity(of: DirectionScores(column.scores), in: reference.classLabels)
      for (auc, expected) in zip(found.aucs, column.aucs) {
        #expect(abs(try #require(auc) - expected) < 1e-15, "\(name)")
      }
      #expect(found.aucMax == found.aucs.compactMap { $0 }.max())
      #expect(abs(try #require(found.dPrime) - column.dPrime) < 1e-12, "\(name)")
    }
  }

  @Test("A perfect unit has AUROC 1, its opposite 0, a constant one 0.5")
  func closedForm() {
    let labels = ClassLabels([0, 0, 1, 1, 1], classCount: 3)
    let perfect = ClassSelectivity(of: DirectionScores([3, 4, 0, 1, 2]), in: labels)
    #expect(perfect.aucs == [1, 0, nil] && perfect.aucMax == 1 && perfect.topClass == 0)
    let constant = ClassSelectivity(of: DirectionScores([7, 7, 7, 7, 7]), in: labels)
    #expect(constant.aucs == [0.5, 0.5, nil] && constant.topClass == 0 && constant.dPrime == nil)
    let oneClass = ClassSelectivity(of: DirectionScores([1, 2]), in: ClassLabels([1, 1], classCount: 2))
    #expect(oneClass.aucMax == nil && oneClass.topClass == nil && oneClass.dPrime == nil)
    // Two points apart by 3, spread 1 in each group: standard deviation 1/√2.
    let spread = ClassSelectivity(
      of: DirectionScores([3, 4, 0, 1]), in: ClassLabels([0, 0, 1, 1], classCount: 2))
    #expect(abs(spread.dPrime! - 3 * 2.0.squareRoot()) < 1e-14)
  }

  @Test("Shifting and scaling the scores changes neither; renaming the classes permutes them")
  func invariance() throws {
    let reference = try CoherenceReference.load()
    let scores = try #require(reference.columns["signed"]).scores
    let before = ClassSelectivity(of: DirectionScores(scores), in: reference.classLabels)
    // Multiples of 1/64, times 4 plus 8: exact in a Float.
    let after = ClassSelectivity(of: DirectionScores(scores.map { 4 * $0 + 8 }), in: reference.classLabels)
    #expect(after.aucs == before.aucs && after.topClass == before.topClass)
    #expect(abs(try #require(after.dPrime) - (try #require(before.dPrime))) < 1e-12)
    let renamed = ClassLabels(reference.labels.map { 3 - $0 }, classCount: 4)
    let other = ClassSelectivity(of: DirectionScores(scores), in: renamed)
    #expect(other.aucs == before.aucs.reversed() && other.topClass == before.topClass.map { 3 - $0 })
    #expect(other.dPrime == before.dPrime)
  }

  @Test("Random scores have AUROC 0.5 with the stated deviation")
  func chance() throws {
    let labels = ClassLabels((0..<400).map { $0 < 100 ? 0 : 1 }, classCount: 2)
    let aucs = try (0..<500).map { seed in
      var generator = SeededGenerator(seed: UInt64(seed), purpose: "test scores")
      return Float(
        try #require(ClassSelectivity(of: DirectionScores(generator.normals(400)), in: labels).aucs[0]))
    }
    let deviation = (401.0 / (12 * 100 * 300)).squareRoot()
    // Four standard errors of a mean of 500, and of a standard deviation.
    #expect(abs(try #require(Statistics.mean(aucs)) - 0.5) < 4 * deviation / 500.0.squareRoot())
    #expect(
      abs(try #require(Statistics.standardDeviation(aucs)) / deviation - 1) < 4 / 1000.0.squareRoot())
  }
}
