import Foundation
import Inference
import TestSupport
import Testing

@testable import Adversarial

@Suite struct SmoothedCertificateTests {
  @Test("Bound and radius are SciPy's; no radius where the bound is not above ½")
  func reference() throws {
    for expected in try SmoothingReference.load().certificates {
      let certificate = SmoothedCertificate(
        selection: [0, 1], estimation: [expected.total - expected.agreed, expected.agreed],
        deviation: expected.sigma, alpha: expected.alpha)
      expectClose(certificate.lowerBound, expected.bound, absolute: 1e-15, relative: 1e-9)
      #expect((certificate.radius == nil) == (expected.radius == nil))
      #expect(certificate.label == (expected.radius == nil ? nil : 1))
      if let radius = certificate.radius, let known = expected.radius {
        expectClose(radius, known, relative: 1e-8)
      }
      #expect(certificate.agreed.total == expected.total && certificate.agreed.count == expected.agreed)
    }
  }

  @Test("The class is that of the selection, whatever the estimation says")
  func selection() {
    let certificate = SmoothedCertificate(
      selection: [4, 6], estimation: [900, 100], deviation: 1, alpha: 0.001)
    #expect(certificate.leading == 1 && certificate.label == nil && certificate.agreed.count == 100)
    // Of equal counts the first.
    let tied = SmoothedCertificate(selection: [0, 5, 5], estimation: [0, 90, 10], deviation: 1, alpha: 0.01)
    #expect(tied.leading == 1)
  }

  @Test("It holds for its own class alone, and strictly within its radius")
  func holding() throws {
    let certificate = SmoothedCertificate(
      selection: [0, 9], estimation: [0, 1000], deviation: 0.5, alpha: 0.001)
    let radius = try #require(certificate.radius)
    #expect(certificate.holds(1, within: radius * 0.999) && !certificate.holds(0, within: 0))
    #expect(!certificate.holds(1, within: radius))
    #expect(
      radius == SmoothedCertificate.largestRadius(deviation: 0.5, count: 1000, alpha: 0.001))
    // α^{1/n} = 0.9931 for the draws of 1000, 2.46 σ.
    expectClose(radius, 0.5 * NormalDistribution.quantile(pow(0.001, 0.001)), relative: 1e-9)
    // One draw can say nothing at α = 0.001.
    #expect(SmoothedCertificate.largestRadius(deviation: 0.5, count: 1, alpha: 0.001) == 0)
  }
}
