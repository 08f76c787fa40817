import TestSupport
import Testing

@testable import Adversarial

@Suite struct DistortionTests {
  @Test("Each measure of a small perturbation is the one worked out by hand")
  func byHand() {
    let distortion = Distortion(from: [0, 1, 0.5, 0.25] as [Float], to: [0.75, 0, 0.5, 0.25] as [Float])
    #expect(distortion.l0 == 2 && distortion.l1 == 1.75 && distortion.l2 == 1.25 && distortion.linf == 1)
    #expect(distortion.rootMeanSquare == 1.25 / 2)
  }

  @Test("Nothing moved has distortion zero, and so has an image without values")
  func zero() {
    let none = Distortion(from: [] as [Float], to: [] as [Float])
    #expect(none == Distortion(from: [0.3] as [Float], to: [0.3] as [Float]))
    #expect(none.l0 == 0 && none.l2 == 0 && none.rootMeanSquare == 0)
  }
}
