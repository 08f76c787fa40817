import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct ThreatModelTests {
  @Test("The goal is another class than the label, or exactly the target")
  func goals() {
    let any = ThreatModel(norm: .l2, epsilon: 1)
    #expect(any.isReached(byPrediction: 1, ofRow: 0, label: 0))
    #expect(!any.isReached(byPrediction: 0, ofRow: 0, label: 0))
    let aimed = ThreatModel(norm: .l2, epsilon: 1, goal: .targeted([4, 5, 6]))
    #expect(aimed.isReached(byPrediction: 5, ofRow: 1, label: 0))
    #expect(!aimed.isReached(byPrediction: 4, ofRow: 1, label: 0))
    #expect(aimed.selecting([2, 0]).goal == .targeted([6, 4]))
    #expect(any.selecting([2, 0]) == any)
  }

  @Test("A projected image is inside ball and box", arguments: Norm.allCases, 0..<10 as Range<UInt64>)
  func feasible(norm: Norm, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let clean = cleanPixels(using: &generator)
    let perturbed = zip(clean, generator.normals(64)).map { $0 + $1 }
    for epsilon: Float in [0, 1 / 255, 0.1, 0.5, 3, .infinity] {
      let model = ThreatModel(norm: norm, epsilon: epsilon)
      let projected = model.projected(perturbed[...], around: clean[...])
      #expect(projected.allSatisfy { (0...1).contains($0) })
      let difference = zip(projected, clean).map { Double($0) - Double($1) }
      #expect(model.length(difference) <= Double(epsilon) + model.tolerance(pixelCount: 64))
      #expect(model.projected(projected[...], around: clean[...]) == projected)
    }
  }

  @Test(
    "Rounded inward, a perturbation is no longer than ε in Double, and hardly moved", arguments: Norm.allCases
  )
  func inward(norm: Norm) {
    var generator = SeededGenerator(seed: 5)
    var moved = 0
    for _ in 0..<200 {
      // Away from the ends of the box, which would shorten what rounding lengthens.
      let clean = generator.normals(64).map { 0.5 + 0.1 * min(max($0, -2), 2) }
      for epsilon: Float in [0, 1 / 255, 8 / 255, 0.1, 0.3, 3, .infinity] {
        let model = ThreatModel(norm: norm, epsilon: epsilon)
        let signs = generator.normals(64).map { $0 < 0 ? -epsilon : epsilon }
        let proposed =
          norm == .linf && epsilon.isFinite
          ? zip(clean, signs).map { min(max($0 + $1, 0), 1) }
          : model.projected(zip(clean, generator.normals(64)).map { $0 + $1 }[...], around: clean[...])
        let inward = model.roundedInward(proposed[...], around: clean[...])
        let difference = zip(inward, clean).map { Double($0) - Double($1) }
        #expect(model.length(difference) <= Double(epsilon))
        #expect(inward.allSatisfy { (0...1).contains($0) })
        #expect(zip(inward, proposed).allSatisfy { abs($0 - $1) <= 1e-6 * max(epsilon, 0.1) })
        #expect(Array(model.roundedInward(inward, around: clean[...])) == Array(inward))
        if !inward.elementsEqual(proposed) { moved += 1 }
      }
    }
    // Where rounding never leaves the ball the test would prove nothing.
    #expect(norm == .l0 ? moved == 0 : moved > 0)
  }

  @Test("No random point of the ball is nearer than the projection", arguments: [Norm.l1, .l2, .linf])
  func nearest(norm: Norm) {
    var generator = SeededGenerator(seed: 77)
    let model = ThreatModel(norm: norm, epsilon: 0.7, bounds: -100...100)
    let clean = [Float](repeating: 0, count: 4)
    for _ in 0..<50 {
      let outside = generator.normals(4)
      guard norm(outside) > 0.8 else { continue }
      let projected = model.projected(outside[...], around: clean[...])
      expectClose(norm(projected), 0.7, relative: 1e-6)
      let distance = Norm.l2(zip(projected, outside).map { $0 - $1 })
      for _ in 0..<2000 {
        // Points near the projection find a mistake sooner than points anywhere.
        let scale = Float(generator.uniform())
        let moved = zip(projected, generator.normals(4)).map { $0 + scale * $1 }
        let size = Float(norm(moved))
        let inside = size > 0.7 ? moved.map { $0 * 0.7 / size } : moved
        #expect(Norm.l2(zip(inside, outside).map { $0 - $1 }) >= distance - 1e-6)
      }
    }
  }

  @Test("The L0 projection keeps the largest values, of equal ones the first, and as many as fit")
  func largestValues() {
    let clean: [Float] = [0.5, 0.5, 0.5, 0.5, 0.5]
    let perturbed: [Float] = [0.25, 0.75, 0.5, 0.125, 0.75]
    for (epsilon, expected) in [
      (Float(0), clean), (0.9, clean), (1, [0.5, 0.5, 0.5, 0.125, 0.5]),
      (2.5, [0.25, 0.5, 0.5, 0.125, 0.5]), (4, perturbed), (.infinity, perturbed),
    ] {
      let model = ThreatModel(norm: .l0, epsilon: epsilon)
      #expect(model.projected(perturbed[...], around: clean[...]) == expected)
    }
    #expect(ThreatModel(norm: .l0, epsilon: 3).tolerance(pixelCount: 100) == 0)
  }

  @Test("An image inside ball and box comes back bit for bit", arguments: Norm.allCases)
  func untouched(norm: Norm) {
    var generator = SeededGenerator(seed: 5)
    let clean = cleanPixels(using: &generator)
    let perturbed = clean.map { min(max($0 + (generator.uniform() < 0.5 ? -0.001 : 0.001), 0), 1) }
    let epsilon = Float(norm(zip(perturbed, clean).map { $0 - $1 }))
    let projected = ThreatModel(norm: norm, epsilon: epsilon).projected(perturbed[...], around: clean[...])
    #expect(projected.map(\.bitPattern) == perturbed.map(\.bitPattern))
  }

  /// Many pixels exactly 0 and 1, as in MNIST.
  private func cleanPixels(using generator: inout SeededGenerator) -> [Float] {
    (0..<64).map { index in index % 3 == 0 ? 0 : index % 3 == 1 ? 1 : Float(generator.uniform()) }
  }
}
