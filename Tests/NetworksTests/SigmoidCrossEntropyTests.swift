import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct SigmoidCrossEntropyTests {
  private func written(
    _ logits: [Float], label: Int,
    _ write: (Span<Float>, Int, inout MutableSpan<Float>) -> Void = {
      SigmoidCrossEntropy.writeGradient(logits: $0, label: $1, to: &$2)
    }
  ) -> [Double] {
    var gradient = [Float](repeating: .nan, count: logits.count)
    var span = gradient.mutableSpan
    write(logits.span, label, &span)
    return gradient.map(Double.init)
  }

  private func direction(_ logits: [Float], label: Int) -> [Double] {
    written(logits, label: label) {
      SigmoidCrossEntropy.writeAscentDirection(logits: $0, label: $1, to: &$2)
    }
  }

  @Test(
    "Loss and gradient agree with the equation and its central differences",
    arguments: 0..<20 as Range<UInt64>)
  func finiteDifferences(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let logits = generator.normals(10).map { 3 * $0 }
    let label = Int(seed % 10)
    func loss(_ z: [Double]) -> Double { z.reduce(0) { $0 + log(1 + exp($1)) } - z[label] }
    let expected = centralDifferences(of: loss, at: logits.map(Double.init))
    for (found, expected) in zip(written(logits, label: label), expected) {
      expectClose(found, expected, absolute: 1e-8, relative: 1e-6)
    }
    expectClose(
      SigmoidCrossEntropy.loss(logits: logits.span, label: label), loss(logits.map(Double.init)),
      relative: 1e-12)
  }

  @Test("The gradient is scaled, the loss that is returned is not")
  func scale() {
    let logits: [Float] = [0.5, -1, 2]
    var gradient = [Float](repeating: 0, count: 3)
    var span = gradient.mutableSpan
    let loss = SigmoidCrossEntropy.writeGradient(logits: logits.span, label: 2, scale: 0.25, to: &span)
    #expect(loss == SigmoidCrossEntropy.loss(logits: logits.span, label: 2))
    for (found, whole) in zip(gradient, written(logits, label: 2)) {
      expectClose(Double(found), 0.25 * whole, relative: 1e-6)
    }
  }

  @Test("Huge and tiny losses are exact")
  func extremes() {
    func loss(_ logits: [Float], _ label: Int) -> Double {
      SigmoidCrossEntropy.loss(logits: logits.span, label: label)
    }
    #expect(loss([-10_000, 10_000], 0) == 20_000)
    #expect(written([-10_000, 10_000], label: 0) == [-1, 1])
    #expect(loss([10_000, -10_000], 0) == 0 && written([10_000, -10_000], label: 0) == [0, 0])
    // Both judged rightly, and how surely can still be told.
    expectClose(loss([50, -60], 0), exp(-50) + exp(-60), relative: 1e-12)
    expectClose(written([50, -60], label: 0)[0], -exp(-50), relative: 1e-6)
    expectClose(written([50, -60], label: 0)[1], exp(-60), relative: 1e-6)
    expectClose(loss([7], 0), log1p(exp(-7)), relative: 1e-12)
  }

  @Test("The direction of ascent is the gradient times a positive number")
  func parallel() {
    for label in 0..<4 {
      let logits: [Float] = [1, -2, 0.5, 3]
      let (gradient, direction) = (written(logits, label: label), direction(logits, label: label))
      let ratio = direction[label] / gradient[label]
      #expect(ratio > 0)
      for (found, expected) in zip(direction, gradient) {
        expectClose(found, ratio * expected, relative: 1e-6)
      }
    }
  }

  @Test("Where every entry of the gradient underflows, its direction does not")
  func confident() {
    #expect(written([-401, 400, -400.5], label: 1) == [0, 0, 0])
    for (found, expected) in zip(direction([-401, 400, -400.5], label: 1), [exp(-1.0), -1.0, exp(-0.5)]) {
      expectClose(found, expected, relative: 1e-6)
    }
    #expect(direction([10_000, -10_000], label: 0) == [-1, 1])
    #expect(direction([-10_000, 10_000], label: 0) == [-1, 1])
  }
}
