import Tensors
import TestSupport
import Testing

@testable import Adversarial

@Suite struct AscentDirectionTests {
  @Test(
    "The step has length 1 in its own norm and no other of that length rises more",
    arguments: [Norm.l2, .linf])
  func steepest(norm: Norm) throws {
    var generator = SeededGenerator(seed: 3)
    let gradient = generator.normals(12)
    let unit = try #require(AscentDirection(along: gradient, in: norm))
    let step = gradient.map { unit($0) }
    expectClose(norm(step.map(Float.init)), 1, relative: 1e-6)
    let rise = zip(step, gradient).reduce(0.0) { $0 + $1.0 * Double($1.1) }
    // The dual norm of the gradient: Hölder's inequality with equality.
    expectClose(rise, (norm == .l2 ? Norm.l2 : .l1)(gradient), relative: 1e-6)
  }

  @Test("The sign of zero is zero, and a gradient of zeros has no direction", arguments: Norm.withBalls)
  func zeros(norm: Norm) throws {
    let unit = try #require(AscentDirection(along: [0, -3, 4] as [Float], in: norm))
    #expect(unit(0) == 0 && unit(-3) < 0 && unit(4) > 0)
    #expect(AscentDirection(along: [0, 0] as [Float], in: norm) == nil)
  }

  @Test("The sparse step moves the steepest pixels that can move, evenly")
  func sparse() {
    let gradient: [Float] = [5, -4, 3, -2, 1, 0, 0, 0]
    let image: [Float] = [1, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0.5]
    func step(_ share: Double) -> [Double]? {
      SparseStep.direction(along: gradient[...], at: image[...], bounds: 0...1, share: share)
    }
    // Pixel 0 is at the upper bound and wants up, pixel 3 at the lower and wants down.
    #expect(step(0.25) == [0, -0.5, 0.5, 0, 0, 0, 0, 0])
    #expect(step(0.01) == [0, -1, 0, 0, 0, 0, 0, 0])
    // Pixels without a slope never move.
    #expect(step(1)?.filter { $0 != 0 }.count == 3)
    let stuck: [Float] = [1, 0.5]
    let slopes: [Float] = [2, 0]
    #expect(SparseStep.direction(along: slopes[...], at: stuck[...], bounds: 0...1, share: 1) == nil)
  }
}
