import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct TransferMatrixTests {
  let first: Engine
  let second: Engine
  let batch: AttackBatch

  init() throws {
    first = try Engine.convolutional(seed: 8)
    second = try Engine.convolutional(seed: 9)
    // Labels of the first network; the second agrees with some.
    batch = try AttackBatch.correct(count: 80, for: first, seed: 10)
  }

  private func source(_ name: String, _ engine: Engine, _ attack: some Attack, _ model: ThreatModel) throws
    -> TransferSource
  {
    TransferSource(
      name: name, classifier: engine,
      evaluation: try Evaluation(of: attack, on: batch, under: model, classifier: engine))
  }

  @Test("The diagonal is the source's own success, targeted or not")
  func diagonal() throws {
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 5)
    for goal in [ThreatModel.Goal.untargeted, .targeted(targets)] {
      let model = ThreatModel(norm: .linf, epsilon: 0.05, goal: goal)
      let sources = [
        try source("a", first, FastGradientSignMethod(), model),
        try source("b", second, FastGradientSignMethod(), model),
      ]
      let matrix = try TransferMatrix(of: sources, on: batch, to: [("a", first), ("b", second)])
      #expect(matrix.targets == ["a", "b"] && matrix.rows.count == 4)
      for (index, source) in sources.enumerated() {
        let success = source.evaluation.summary.success
        let cell = matrix.rows[2 * index].cells[index]
        #expect((1..<success.total).contains(success.count))
        #expect((goal == .untargeted ? cell.errorOnBothCorrect : cell.targetedHit) == success)
        // Whoever is asked about their own wrong answers agrees with them.
        #expect(cell.agreement.count == cell.agreement.total)
      }
      #expect(matrix.rows[0].cells[1].errorOnBothCorrect.total < 80)
      #expect(matrix.rows[0].cells[1].cleanError == matrix.rows[1].cells[1].cleanError)
    }
  }

  @Test("Each source has a row of noise that is as long, image by image, and as far in the mean")
  func noise() throws {
    let model = ThreatModel(norm: .linf, epsilon: 0.1)
    let matrix = try TransferMatrix(
      of: [try source("a", first, FastGradientSignMethod(), model)], on: batch, to: [("b", second)],
      noise: [.gaussian, .randomSign], seed: 3)
    #expect(matrix.rows.map(\.direction) == [.attack, .noise(.gaussian), .noise(.randomSign)])
    for row in matrix.rows.dropFirst() {
      expectClose(
        try #require(row.meanDistortion), try #require(matrix.rows[0].meanDistortion), relative: 1e-4)
      expectClose(try #require(row.medianL2), try #require(matrix.rows[0].medianL2), relative: 1e-4)
      #expect(row.cells[0].errorOnBothCorrect.count < matrix.rows[0].cells[0].errorOnBothCorrect.count)
    }
  }

  @Test(
    "Rescaled, every image is moved by the wanted root mean square, but for clipping, and unmoved ones stay")
  func rescaled() throws {
    // Grey images: nothing is clipped. The first is the attack's failure and is not moved.
    let grey = try AttackBatch.correct(count: 30, for: first, in: 0.4...0.6, seed: 11)
    let moved = try FastGradientSignMethod().perturbedImages(
      for: grey, under: ThreatModel(norm: .linf, epsilon: 0.01), classifier: first)
    var images = moved.images
    images[row: 0] = grey.images[row: 0]
    let evaluation = try Evaluation(
      of: PerturbedImages(images: images), on: grey, under: ThreatModel(norm: .linf, epsilon: 0.01),
      classifier: first)
    let matrix = try TransferMatrix(
      of: [TransferSource(name: "a", classifier: first, evaluation: evaluation)], on: grey,
      to: [("a", first)], sizes: [.asFound, .rootMeanSquare(0.1), .rootMeanSquare(0)], noise: [])
    #expect(
      matrix.rows.map(\.moved) == [Proportion(29, of: 30), Proportion(29, of: 30), Proportion(0, of: 30)])
    expectClose(try #require(matrix.rows[0].meanDistortion), 0.01, relative: 1e-4)
    expectClose(try #require(matrix.rows[1].meanDistortion), 0.1, relative: 1e-4)
    expectClose(try #require(matrix.rows[1].medianL2), 0.6, relative: 1e-4)
    #expect(matrix.rows[2].meanDistortion == nil)
    #expect(matrix.rows[2].cells[0].errorOnAll == Proportion(0, of: 30))
    #expect(matrix.rows[1].cells[0].errorOnAll.count > matrix.rows[0].cells[0].errorOnAll.count)
  }

  @Test("It is the same after a journey through JSON")
  func codable() throws {
    let matrix = try TransferMatrix(
      of: [try source("a", first, FastGradientSignMethod(), ThreatModel(norm: .linf, epsilon: 0.05))],
      on: batch, to: [("b", second)], sizes: [.asFound, .rootMeanSquare(0.2)])
    let read = try JSONDecoder().decode(TransferMatrix.self, from: JSONEncoder().encode(matrix))
    #expect(read == matrix)
  }
}
