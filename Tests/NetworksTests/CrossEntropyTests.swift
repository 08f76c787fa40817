import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@testable import Networks

@Suite struct CrossEntropyTests {
  private func written(
    _ logits: [Float], label: Int,
    _ write: (Span<Float>, Int, inout MutableSpan<Float>) -> Void = {
      CrossEntropy.writeGradient(logits: $0, label: $1, to: &$2)
    }
  ) -> [Double] {
    var gradient = [Float](repeating: 0, count: logits.count)
    var span = gradient.mutableSpan
    write(logits.span, label, &span)
    return gradient.map(Double.init)
  }

  @Test("The gradient agrees with central differences of the loss", arguments: 0..<20 as Range<UInt64>)
  func finiteDifferences(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let logits = generator.normals(10).map { 3 * $0 }
    let label = Int(seed % 10)
    let expected = centralDifferences(
      of: { z in log(z.reduce(0) { $0 + exp($1) }) - z[label] }, at: logits.map(Double.init))
    for (found, expected) in zip(written(logits, label: label), expected) {
      expectClose(found, expected, absolute: 1e-8, relative: 1e-6)
    }
    expectClose(
      CrossEntropy.loss(logits: logits.span, label: label),
      log(logits.reduce(0) { $0 + exp(Double($1)) }) - Double(logits[label]), relative: 1e-12)
  }

  @Test("Huge and tiny losses are exact")
  func extremes() {
    #expect(CrossEntropy.loss(logits: ([0, 1000] as [Float]).span, label: 0) == 1000)
    expectClose(CrossEntropy.loss(logits: ([50, 0] as [Float]).span, label: 0), exp(-50), relative: 1e-12)
    expectClose(written([50, 0], label: 0)[0], -exp(-50), relative: 1e-6)
    #expect(written([0, 1000], label: 0) == [-1, 1])
    #expect(CrossEntropy.loss(logits: ([7] as [Float]).span, label: 0) == 0)
  }

  @Test("The direction of ascent is the gradient times a positive number")
  func parallel() {
    for label in 0..<4 {
      let logits: [Float] = [1, -2, 0.5, 3]
      let gradient = written(logits, label: label)
      let direction = written(logits, label: label) {
        CrossEntropy.writeAscentDirection(logits: $0, label: $1, to: &$2)
      }
      let ratio = direction[label] / gradient[label]
      #expect(ratio > 0)
      for (found, expected) in zip(direction, gradient) {
        expectClose(found, ratio * expected, relative: 1e-6)
      }
    }
  }

  @Test("Where the gradient of a confident image underflows, its direction does not")
  func confident() {
    let logits: [Float] = [0, 300, -1]
    #expect(written(logits, label: 1) == [0, 0, 0])
    let direction = written(logits, label: 1) {
      CrossEntropy.writeAscentDirection(logits: $0, label: $1, to: &$2)
    }
    let other = exp(-1.0)
    for (found, expected) in zip(direction, [1, -1 - other, other]) {
      expectClose(found, expected, relative: 1e-6)
    }
  }
}
