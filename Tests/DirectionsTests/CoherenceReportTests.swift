import Foundation
import Tensors
import Testing

@testable import Directions

@Suite struct CoherenceReportTests {
  private let labels = ClassLabels((0..<500).map { $0 * 7 % 5 }, classCount: 5)
  private let configuration = CoherenceReport.Configuration(
    topCount: 6, seed: 11, choiceVariants: ChoiceTrials.Variant.allCases,
    choiceLayout: .init(referenceCount: 3, trialCount: 10))

  /// One feature per class with noise, then one of noise, one that is dead and a copy of the first.
  private func oneHot(noise: Float = 0.2) throws -> FeatureMatrix {
    var generator = SeededGenerator(seed: 5, purpose: "test features")
    let elements = labels.values.flatMap { label -> [Float] in
      let draws = generator.normals(6)
      let selective = (0..<5).map { ($0 == label ? 2 : 1) + noise * draws[$0] }
      return selective + [2 + noise * draws[5], 0, selective[0]]
    }
    return try FeatureMatrix(values: Tensor(shape: [500, 8], elements: elements), layer: "one-hot")
  }

  /// Sees the classes, as clusters with a standard deviation of 1 in each of nine dimensions.
  private func encoder(seed: UInt64, name: String, distance: Float = 2) throws -> SimilaritySpace {
    var values = try FeatureMatrix.normal(images: 500, dimension: 9, seed: seed).values
    for (image, label) in labels.values.enumerated() { values.elements[image * 9 + label] += distance }
    return SimilaritySpace(of: try FeatureMatrix(values: values, layer: name), labels: labels, name: name)
  }

  @Test("Each row is what the metrics give one by one")
  func rows() throws {
    let features = try oneHot()
    let encoders = [try encoder(seed: 1, name: "pixels"), try encoder(seed: 2, name: "reference")]
    let directions = DirectionSet.neurons(dimension: 8)
    let report = CoherenceReport(
      of: features, along: directions, labels: labels, encoders: encoders, configuration: configuration)
    let ranking = Ranking(of: features, along: directions, topCount: 6)
    let chance = ChancePurity(imageCount: 6, labels: labels, seed: 11)
    let statistics = ActivationStatistics.table(of: features, along: directions, ranking: ranking)
    for (row, result) in report.rows.enumerated() {
      let images = ranking.imageIndices(ofRow: row)
      let agreement = LabelAgreement(of: images, in: labels)
      #expect(result.id == directions.ids[row] && result.topImages == images)
      #expect(result.agreement == agreement && result.adjustedPurity == chance.adjusted(agreement))
      #expect(result.encoderCoherences == encoders.map { EncoderCoherence(of: images, in: $0) })
      #expect(result.statistics == statistics[row])
      #expect(
        result.choices.map(\.encoder) == [
          "pixels", "pixels", "pixels", "reference", "reference", "reference",
        ])
      #expect(result.choices.map(\.variant) == ChoiceTrials.Variant.allCases + ChoiceTrials.Variant.allCases)
    }
    #expect(report.overlap == TopSetOverlap(of: report.rows.map(\.topImages), imageCount: 500))
    #expect(
      report.stability
        == HalfStability(of: features, along: directions, labels: labels, topCount: 6, seed: 11))
  }

  @Test("Units that follow a class stand out in every measure; noise, dead units and copies are named")
  func oneHotFeatures() throws {
    let report = CoherenceReport(
      of: try oneHot(), along: .neurons(dimension: 8), labels: labels,
      encoders: [try encoder(seed: 1, name: "pixels", distance: 6)], configuration: configuration)
    for row in report.rows.prefix(5) {
      #expect(row.agreement.kappa == 1 && row.adjustedPurity == 1 && row.entropy.bits == 0)
      #expect(try #require(row.selectivity.aucMax) > 0.99 && (try #require(row.selectivity.dPrime)) > 3)
      #expect(try #require(row.selectivityIndex.index) > 0.25)
      #expect(try #require(row.encoderCoherences[0].coherence) > 0.5)
      #expect(try #require(row.choices[0].hardScore) > 0.6)
    }
    let noise = report.rows[5]
    #expect(try #require(noise.agreement.kappa) < 0.5 && (try #require(noise.selectivity.aucMax)) < 0.6)
    let dead = report.rows[6]
    #expect(dead.statistics.isDead && dead.statistics.isConstant && !dead.isAlive)
    #expect(dead.selectivityIndex.reason == "all scores are 0" && dead.selectivity.aucMax == 0.5)
    #expect(dead.choices[2].variant == .vsMin && dead.choices[2].reason != nil)
    #expect(report.rows.map(\.redundancy.duplicateIDs) == [["n7"], [], [], [], [], [], [], ["n0"]])

    let basis = Dictionary(uniqueKeysWithValues: report.basisMetrics.map { ($0.name, $0.value) })
    #expect(basis["dead"] == 1 && basis["duplicate"] == 2 && basis["directions"] == 8)
    let kappas = report.rows.filter(\.isAlive).map { $0.agreement.kappa! }
    #expect(kappas.count == 7)
    let mean = report.means().first { $0.name == "kappa" }?.value
    #expect(abs(try #require(mean) - kappas.reduce(0, +) / 7) < 1e-15)
  }

  @Test("The same for any number of workers, and another seed changes what is drawn only")
  func workers() throws {
    let features = try FeatureMatrix.normal(images: 500, dimension: 20, seed: 3)
    let directions = DirectionSet.randomSphere(count: 30, dimension: 20, seed: 4)
    func report(_ configuration: CoherenceReport.Configuration, workerCount: Int) throws -> CoherenceReport {
      CoherenceReport(
        of: features, along: directions, labels: labels, encoders: [try encoder(seed: 1, name: "pixels")],
        configuration: configuration, workerCount: workerCount)
    }
    let one = try report(configuration, workerCount: 1)
    #expect(try one == report(configuration, workerCount: 3))
    var other = configuration
    other.seed = 12
    let changed = try report(other, workerCount: 2)
    #expect(changed.rows.map(\.choices) != one.rows.map(\.choices) && changed.stability != one.stability)
    #expect(changed.rows.map(\.encoderCoherences) == one.rows.map(\.encoderCoherences))
    #expect(changed.rows.map(\.statistics) == one.rows.map(\.statistics))
  }

  @Test(
    "Scaling the directions by powers of two changes no measure of selection, renaming the classes none at all"
  )
  func invariance() throws {
    let features = try FeatureMatrix.normal(images: 500, dimension: 10, seed: 6)
    let directions = DirectionSet.randomSphere(count: 9, dimension: 10, seed: 7)
    let scaled = DirectionSet(
      kind: .randomSphere, ids: directions.ids,
      matrix: Tensor(shape: [9, 10], elements: directions.matrix.elements.map { 4 * $0 }))
    let encoder = try encoder(seed: 1, name: "pixels")
    func report(_ directions: DirectionSet, _ labels: ClassLabels, _ encoder: SimilaritySpace)
      -> CoherenceReport
    {
      CoherenceReport(
        of: features, along: directions, labels: labels, encoders: [encoder], configuration: configuration)
    }
    let before = report(directions, labels, encoder)
    for (old, new) in zip(before.rows, report(scaled, labels, encoder).rows) {
      #expect(old.topImages == new.topImages && old.selectivity.aucs == new.selectivity.aucs)
      #expect(old.encoderCoherences == new.encoderCoherences && old.choices == new.choices)
      #expect(abs(old.selectivity.dPrime! - new.selectivity.dPrime!) < 1e-12)
      #expect(abs(old.statistics.skewness! - new.statistics.skewness!) < 1e-12)
      #expect(abs(old.statistics.hoyerSparsity! - new.statistics.hoyerSparsity!) < 1e-12)
    }
    let renamed = ClassLabels(labels.values.map { ($0 + 2) % 5 }, classCount: 5)
    for (old, new) in zip(before.rows, report(directions, renamed, encoder).rows) {
      #expect(old.agreement.kappa == new.agreement.kappa && old.selectivity.aucMax == new.selectivity.aucMax)
      #expect(abs(old.entropy.bits! - new.entropy.bits!) < 1e-12)
    }
  }

  @Test("Random directions through noise: κ, residual and choice at chance")
  func chance() throws {
    let features = try FeatureMatrix.normal(images: 500, dimension: 30, seed: 8)
    let report = CoherenceReport(
      of: features, along: .randomSphere(count: 200, dimension: 30, seed: 9), labels: labels,
      encoders: [try encoder(seed: 1, name: "pixels")], configuration: configuration)
    for (name, expected) in [
      ("kappa", 0.0), ("adjusted_purity", 0), ("entropy_bits", report.chanceEntropy.bits),
      ("pixels_coherence", try #require(report.encoders[0].chanceCoherence)), ("pixels_residual", 0),
      ("pixels_choice_vsRandom_hard", 0.5), ("pixels_choice_vsSameLabel_hard", 0.5),
      ("pixels_choice_vsMin_hard", 0.5),
    ] {
      let values = try report.rows.map { row in
        let metric = try #require(row.metrics.first { $0.name == name })
        return Float(try #require(metric.value))
      }
      // Directions share images, so their values are not independent: 30 dimensions, not 200.
      let error = try #require(Statistics.standardDeviation(values)) / 30.0.squareRoot()
      #expect(abs(try #require(Statistics.mean(values)) - expected) < 4 * error, "\(name)")
    }
  }

  @Test(
    "A table has a field for each column, empty where there is no value, and the report reads back from JSON")
  func files() throws {
    let report = CoherenceReport(
      of: try oneHot(), along: .neurons(dimension: 8), labels: labels,
      encoders: [try encoder(seed: 1, name: "pixels")], configuration: configuration)
    #expect(Set(report.tableColumns).count == report.tableColumns.count)
    let dead = report.tableRows[6]
    let metrics = Dictionary(uniqueKeysWithValues: zip(report.tableColumns.dropFirst(), dead.metrics))
    #expect(
      dead.id == "n6" && metrics["class_selectivity_index"] == .some(nil) && metrics["is_dead"] == 1)
    #expect(
      try #require(dead.texts.last).hasPrefix(
        "class selectivity index: all scores are 0; pixels_choice_vsMin: "))
    #expect(
      report.tableRows.allSatisfy {
        1 + $0.metrics.count + $0.classes.count + $0.texts.count == report.tableColumns.count
      })
    let data = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(CoherenceReport.self, from: data) == report)
  }
}
