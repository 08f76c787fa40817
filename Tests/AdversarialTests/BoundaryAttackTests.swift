import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// Attacks that see labels alone, beside what is known in closed form.
@Suite struct BoundaryAttackTests {
  /// Of two classes: with more, a walk may end at the face of a class that is not the nearest.
  private let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 1, height: 4, width: 4), classCount: 2, seed: 11)

  @Test(
    "On a linear classifier the distance comes within 5 % of the closed form in 4,000 queries",
    arguments: [
      (BoundaryAttack(queryLimit: 4000, seed: 2) as any BlackBoxAttack, Norm.l2),
      (HopSkipJump(queryLimit: 4000, seed: 2), .l2), (HopSkipJump(queryLimit: 4000, seed: 2), .linf),
    ])
  func closedForm(attack: any BlackBoxAttack, norm: Norm) throws {
    let batch = try AttackBatch.correct(count: 60, for: classifier, seed: 12)
    let oracle = AffineOracle(classifier: classifier)
    let result = try attack.perturbedImages(
      for: batch, under: ThreatModel(norm: norm, epsilon: .infinity), blackBox: classifier)
    var ratios: [Double] = []
    for row in 0..<60 {
      let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: norm)
      let trace = try #require(result.traces?[row])
      // A start that noise does not give is no fault of the walk.
      guard let found = trace.improvements.last?.distance else { continue }
      #expect(found >= exact * (1 - 1e-5))
      ratios.append(found / exact)
    }
    #expect(ratios.count >= 50)
    #expect(
      ratios.count { $0 < 1.05 } >= ratios.count * 9 / 10 && median(ratios) < 1.03, "\(ratios.sorted())")
  }

  @Test("On a trained network they come near within a thousand queries")
  func network() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 20)
    for attack in [BoundaryAttack(queryLimit: 1000), HopSkipJump(queryLimit: 1000)] as [any BlackBoxAttack] {
      let result = try attack.perturbedImages(
        for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity), blackBox: engine)
      #expect(result.traces!.count { ($0.improvements.last?.distance ?? 9) < 3 } > 15)
    }
  }

  @Test("Images of one and two pixels are no trouble", arguments: [1, 2])
  func tiny(width: Int) throws {
    let small = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 1, width: width), classCount: 2, seed: 3)
    let batch = try AttackBatch.correct(count: 20, for: small, seed: 5)
    let oracle = AffineOracle(classifier: small)
    for (attack, norm) in [
      (BoundaryAttack(queryLimit: 1000), Norm.l2), (HopSkipJump(queryLimit: 1000), .l2),
      (HopSkipJump(queryLimit: 1000), .linf),
    ] as [(any BlackBoxAttack, Norm)] {
      let result = try attack.perturbedImages(
        for: batch, under: ThreatModel(norm: norm, epsilon: .infinity), blackBox: small)
      for row in 0..<20 {
        let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: norm)
        guard let found = result.traces?[row].improvements.last?.distance else { continue }
        #expect(found >= exact * (1 - 1e-5) && found < 1.05 * exact + 0.002, "\(attack.name) \(norm)")
      }
      #expect(result.traces!.contains { $0.firstSuccess != nil })
    }
  }

  @Test("Where noise is no start, an owned image is; without any the attack fails and says so")
  func starts() throws {
    // Noise is class 1 here, as are the images attacked; class 0 is almost black.
    let dark = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 4),
      weights: Tensor(
        shape: [2, 16], elements: [Float](repeating: 0, count: 16) + [Float](repeating: 1, count: 16)),
      biases: [2, 0])
    let batch = try AttackBatch.correct(count: 10, for: dark, in: 0.2...1, seed: 3)
    #expect(batch.labels.allSatisfy { $0 == 1 })
    let model = ThreatModel(norm: .l2, epsilon: .infinity)
    let owned = StartingImages(
      images: Tensor(
        shape: [2, 1, 4, 4], elements: [Float](repeating: 0, count: 16) + [Float](repeating: 1, count: 16)),
      labels: [0, 1])
    for (without, with) in [
      (BoundaryAttack(queryLimit: 500), BoundaryAttack(queryLimit: 500, startingImages: owned)),
      (HopSkipJump(queryLimit: 500), HopSkipJump(queryLimit: 500, startingImages: owned)),
    ] as [(any BlackBoxAttack, any BlackBoxAttack)] {
      let failed = try without.perturbedImages(for: batch, under: model, blackBox: dark)
      #expect(failed.images == batch.images)
      #expect(failed.traces!.allSatisfy { $0.queryCount == StartSearch.noiseCount && $0.firstSuccess == nil })
      let found = try with.perturbedImages(for: batch, under: model, blackBox: dark)
      // Only the image of the fitting class is asked about.
      #expect(found.traces!.allSatisfy { $0.firstSuccess == StartSearch.noiseCount + 1 })
    }
  }
}
