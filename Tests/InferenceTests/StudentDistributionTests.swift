import Foundation
import Testing

@testable import Inference

@Suite struct StudentDistributionTests {
  @Test("Probabilities and quantiles are SciPy's")
  func reference() throws {
    let cases = try Reference.load().student
    #expect(cases.count == 30)
    for expected in cases {
      let student = StudentDistribution(degreesOfFreedom: expected.df)
      #expect(
        agrees(student.cumulative(expected.t), expected.cumulative), "t \(expected.t), df \(expected.df)")
      #expect(agrees(student.quantile(expected.p), expected.quantile), "p \(expected.p), df \(expected.df)")
    }
  }

  @Test("With one degree of freedom it is Cauchy's distribution, with two it has a closed form")
  func closedForms() {
    for t in [-30.0, -2, -0.1, 0, 0.7, 5, 400] {
      #expect(
        agrees(StudentDistribution(degreesOfFreedom: 1).cumulative(t), 0.5 + atan(t) / .pi, within: 1e-12))
      let two = 0.5 + t / (2 * (2 + t * t).squareRoot())
      // The closed form itself cancels in the lower tail.
      #expect(abs(StudentDistribution(degreesOfFreedom: 2).cumulative(t) - two) < 1e-15)
    }
  }

  @Test("The ends are infinite, and an infinite t has the probability 0 or 1")
  func ends() {
    let student = StudentDistribution(degreesOfFreedom: 4)
    #expect(student.quantile(0) == -.infinity && student.quantile(1) == .infinity)
    #expect(student.cumulative(-.infinity) == 0 && student.cumulative(.infinity) == 1)
    #expect(student.quantile(0.5) == 0)
  }
}
