import Testing

@testable import Adversarial

@Suite struct SmoothedEvaluationTests {
  /// Certified to be 1.
  private static let certificate = SmoothedCertificate(
    selection: [0, 9], estimation: [0, 1000], deviation: 0.5, alpha: 0.001)

  private static func image(_ distance: Double, _ counts: [Int], label: Int = 1) -> SmoothedEvaluation.Image {
    .init(
      imageID: 0, label: label, distance: distance, answer: SmoothedPrediction(counts: counts, alpha: 0.001))
  }

  @Test(
    "Another class within the radius contradicts a certificate; no answer, and what lies beyond, does not")
  func violations() throws {
    let radius = try #require(Self.certificate.radius)
    #expect(Self.image(0.5 * radius, [1000, 0]).violates(Self.certificate))
    #expect(!Self.image(0.5 * radius, [0, 1000]).violates(Self.certificate))
    #expect(!Self.image(0.5 * radius, [500, 500]).violates(Self.certificate))
    #expect(!Self.image(radius, [1000, 0]).violates(Self.certificate))
    #expect(!Self.image(1.5 * radius, [1000, 0]).violates(Self.certificate))
    // Where nothing is certified there is nothing to contradict.
    let none = SmoothedCertificate(selection: [0, 9], estimation: [500, 500], deviation: 0.5, alpha: 0.001)
    #expect(!Self.image(0, [1000, 0]).violates(none))
    // A certificate of the wrong class is contradicted by the right one.
    #expect(Self.image(0.5 * radius, [1000, 0], label: 0).violates(Self.certificate))
  }

  @Test("Right is the own class, lost another one, and no answer neither")
  func verdicts() {
    let (right, wrong, none) = (Self.image(0, [0, 99]), Self.image(0, [99, 0]), Self.image(0, [50, 50]))
    #expect(right.isRight && !right.isLost)
    #expect(!wrong.isRight && wrong.isLost)
    #expect(!none.isRight && !none.isLost)
  }
}
