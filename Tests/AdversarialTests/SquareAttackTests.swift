import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct SquareAttackTests {
  @Test("The share halves where the paper says, whatever the number of tries")
  func schedule() {
    let ends = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]
    for (index, end) in ends.enumerated() {
      for scale in [1, 3] {
        let before = SquareAttack.share(after: end * scale, of: 10_000 * scale, from: 0.8)
        let after = SquareAttack.share(after: end * scale + scale, of: 10_000 * scale, from: 0.8)
        #expect(before == 0.8 / pow(2, Double(index)) && after == before / 2)
      }
    }
    #expect(SquareAttack.share(after: 0, of: 0, from: 0.1) == 0.1)
  }

  @Test("A bump has length 1, two halves of opposite sign, and is highest in their middles", arguments: 1...9)
  func bump(side: Int) {
    for isTurned in [false, true] {
      let bump = BumpyWindows.bump(side: side, isTurned: isTurned)
      #expect(bump.count == side * side)
      #expect(abs(bump.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
      for (place, value) in bump.enumerated() {
        let along = isTurned ? place % side : place / side
        #expect(along < side / 2 ? value > 0 : value < 0)
      }
      guard side >= 3 else { continue }
      let deepest = bump.indices.min { bump[$0] < bump[$1] }!
      let (along, across) = isTurned ? (deepest % side, deepest / side) : (deepest / side, deepest % side)
      #expect(across == side / 2 && along >= side / 2)
    }
  }

  @Test("Perturbations are stripes at first, and ±ε in every pixel until the end")
  func stripes() throws {
    let shape = ImageShape(channels: 3, height: 6, width: 6)
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 3)
    let batch = try AttackBatch.correct(count: 1, for: classifier, in: 0.4...0.6, seed: 4)
    let image = SearchedImage(row: 0, of: batch, under: ThreatModel(norm: .linf, epsilon: 0.25))
    var generator = SeededGenerator(seed: 1)
    let windows = StripedWindows(image, shape: shape, epsilon: 0.25)
    var point = windows.start(using: &generator)
    func signs(_ point: [Float]) -> [Int] {
      zip(point, image.clean).map { change in
        #expect(abs(abs(change.0 - change.1) - 0.25) < 1e-6)
        return change.0 > change.1 ? 1 : -1
      }
    }
    let first = signs(point)
    for pixel in first.indices { #expect(first[pixel] == first[pixel / 36 * 36 + pixel % 6]) }
    for share in [0.8, 0.3, 0.05, 0.01] {
      for _ in 0..<20 {
        let before = signs(point)
        point = windows.moved(point, share: share, using: &generator)
        let after = signs(point)
        let changed = after.indices.filter { before[$0] != after[$0] }
        // In one square window, the same for all channels.
        let side = SquareWindow.side(ofShare: share, in: shape)
        let rows = changed.map { $0 % 36 / 6 }, columns = changed.map { $0 % 6 }
        #expect(!changed.isEmpty)
        #expect(rows.max()! - rows.min()! < side && columns.max()! - columns.min()! < side)
      }
    }
  }

  @Test("An L2 perturbation has the length ε, whatever windows were moved")
  func length() throws {
    let shape = ImageShape(channels: 3, height: 12, width: 10)
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 3)
    let batch = try AttackBatch.correct(count: 1, for: classifier, in: 0.45...0.55, seed: 4)
    let image = SearchedImage(row: 0, of: batch, under: ThreatModel(norm: .l2, epsilon: 0.5))
    var generator = SeededGenerator(seed: 1)
    let windows = BumpyWindows(image, shape: shape, epsilon: 0.5)
    var point = windows.start(using: &generator)
    for step in 0..<200 {
      // No pixel of so short a perturbation meets its bound.
      #expect(abs(image.distance(to: point, in: .l2) - 0.5) < 1e-5)
      point = windows.moved(point, share: [0.1, 0.05, 0.01][step % 3], using: &generator)
    }
  }

  @Test(
    "It fools as many as projected gradient descent within a tenth",
    arguments: [(Norm.linf, Float(0.2)), (.l2, 1.2)])
  func network(norm: Norm, epsilon: Float) throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 100)
    let model = ThreatModel(norm: norm, epsilon: epsilon)
    let square = try Evaluation(
      of: SquareAttack(queryLimit: 3000), on: batch, under: model, classifier: engine)
    let white = try Evaluation(
      of: ProjectedGradientDescent(stepCount: 40), on: batch, under: model, classifier: engine)
    #expect(white.summary.success.count > 20 && white.summary.success.count < 100)
    #expect(square.summary.success.count >= white.summary.success.count - 10)
  }
}
