import Tensors
import TestSupport
import Testing

@testable import Adversarial

@Suite struct AttackLossTests {
  private func ascent(_ loss: AttackLoss, _ logits: [Float], _ label: Int, _ target: Int?) -> [Float] {
    var gradient = [Float](repeating: 0, count: logits.count)
    var span = gradient.mutableSpan
    loss.writeAscentDirection(of: logits.span, label: label, target: target, to: &span)
    return gradient
  }

  @Test(
    "The direction is that of the gradient of the value, for every loss, with and without a target",
    arguments: AttackLoss.allCases, [nil, 3] as [Int?])
  func gradients(loss: AttackLoss, target: Int?) {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<50 {
      // Multiples of 1/8 and far from ties: moving a logit by 1/256 changes no order, and all sums are exact.
      let logits = generator.permutation(6).map { Float($0) / 2 + 0.125 }
      let label = Int(generator.next(upperBound: 3 as UInt64))
      let found = ascent(loss, logits, label, target).map { Double($0) }
      let expected = centralDifferences(
        of: { point in
          let moved = point.map { Float($0) }
          return loss.value(of: moved.span, label: label, target: target)
        },
        at: logits.map { Double($0) }, step: 0x1p-8)
      func dot(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0.0) { $0 + $1.0 * $1.1 }
      }
      if loss == .differenceOfLogitsRatio, target == nil, logits.count(where: { $0 > logits[label] }) == 2 {
        #expect(dot(found, found) == 0)  // (z_π1 − z_y) / (z_π1 − z_π3) is 1 wherever the label comes third
        continue
      }
      let lengths = (dot(found, found) * dot(expected, expected)).squareRoot()
      // Error of central differences: h² times the third derivative, 1e-5.
      expectClose(dot(found, expected) / lengths, 1, absolute: 1e-4, "\(loss) \(logits) \(label)")
    }
  }

  @Test("Values are those worked out by hand")
  func byHand() {
    let logits: [Float] = [1, 4, 3, -2]
    func value(_ loss: AttackLoss, _ label: Int, _ target: Int?) -> Double {
      loss.value(of: logits.span, label: label, target: target)
    }
    #expect(value(.margin, 1, nil) == -1 && value(.margin, 0, nil) == 3)
    #expect(value(.margin, 1, 0) == -3 && value(.margin, 0, 1) == 1)
    // π sorts 4, 3, 1, −2.
    expectClose(value(.differenceOfLogitsRatio, 1, nil), -1.0 / 3, relative: 1e-12)
    expectClose(value(.differenceOfLogitsRatio, 0, nil), 3.0 / 3, relative: 1e-12)
    expectClose(value(.differenceOfLogitsRatio, 1, 0), -3 / 4.5, relative: 1e-12)
  }

  @Test("A constant added to all logits changes no direction, and the ratio is blind to their scale as well")
  func invariance() {
    let logits: [Float] = [0.5, 2, -1, 1.25]
    for loss in AttackLoss.allCases {
      for target in [nil, 2] as [Int?] {
        let shifted = logits.map { $0 - 64 }
        #expect(ascent(loss, logits, 1, target) == ascent(loss, shifted, 1, target))
      }
    }
    let ratio = AttackLoss.differenceOfLogitsRatio
    let scaled = logits.map { $0 * 1024 }
    #expect(
      ratio.value(of: logits.span, label: 1, target: nil)
        == ratio.value(of: scaled.span, label: 1, target: nil))
  }

  @Test("However confident the classifier, no direction vanishes", arguments: AttackLoss.allCases)
  func confident(loss: AttackLoss) {
    let logits: [Float] = [0, 1e4, -1e4, -2e4]
    for target in [nil, 0] as [Int?] {
      let direction = ascent(loss, logits, 1, target)
      #expect(direction[0] > 0 && direction[1] < 0 && direction.allSatisfy { $0.isFinite })
    }
  }

  @Test("Equal logits give finite values and directions", arguments: AttackLoss.allCases)
  func ties(loss: AttackLoss) {
    let logits: [Float] = [2, 2, 2, 2]
    #expect(loss.value(of: logits.span, label: 0, target: nil).isFinite)
    #expect(ascent(loss, logits, 0, nil).allSatisfy { $0.isFinite })
  }
}
