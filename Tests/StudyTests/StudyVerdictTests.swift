import Inference
import Testing

@testable import Study

@Suite struct StudyVerdictTests {
  private func verdict(
    _ effect: Double, _ wide: ClosedRange<Double>?, _ narrow: ClosedRange<Double>?, count: Int = 30
  ) -> StudyVerdict {
    StudyVerdict(
      effect: effect, effects: [-0.4, 0, 0.2, 0.6],
      interval: wide.map { ConfidenceInterval(lower: $0.lowerBound, upper: $0.upperBound, level: 0.95) },
      equivalenceInterval: narrow.map {
        ConfidenceInterval(lower: $0.lowerBound, upper: $0.upperBound, level: 0.9)
      },
      participantCount: count, margin: 0.1)
  }

  @Test("Each row of the table has its conclusion and its fixed words")
  func table() {
    let rows: [(StudyVerdict, StudyVerdict.Conclusion, String)] = [
      (verdict(0.2, 0.1...0.3, 0.12...0.28), .neuronsEasier, "neurons easier to read"),
      (verdict(-0.2, -0.3 ... -0.1, -0.28 ... -0.12), .neuronsHarder, "neurons harder to read"),
      (verdict(0.05, 0.01...0.09, 0.02...0.08), .differenceInsideMargin, "difference real but inside ±0.10"),
      (verdict(0.01, -0.05...0.07, -0.04...0.06), .equivalent, "equivalent within ±0.10"),
      (verdict(0.05, -0.05...0.15, -0.02...0.12), .inconclusive, "inconclusive, need about"),
      (
        verdict(0.05, nil, nil, count: 5), .tooFewParticipants,
        "no verdict from 5 participants, need 3 more participants"
      ),
    ]
    for (verdict, conclusion, words) in rows {
      #expect(verdict.conclusion == conclusion && verdict.wording.hasPrefix(words), "\(verdict.wording)")
      #expect(
        verdict.sentence.hasSuffix(".") && !verdict.sentence.contains("no interval"), "\(verdict.sentence)")
    }
    #expect(Set(rows.map(\.0.conclusion)) == Set(StudyVerdict.Conclusion.allCases))
  }

  @Test("An interval that ends at the margin is not inside it, one that begins at 0 does not exclude it")
  func edges() {
    #expect(verdict(0.05, 0...0.1, 0.01...0.1).conclusion == .inconclusive)
    #expect(verdict(0.05, 0...0.1, 0.01...0.099).conclusion == .equivalent)
  }

  @Test("A real difference says whether it exceeds the margin")
  func margin() {
    #expect(
      verdict(0.2, 0.11...0.3, 0.12...0.28).sentence.hasSuffix("The difference exceeds the margin of 0.10."))
    #expect(
      verdict(0.2, 0.05...0.3, 0.06...0.28).sentence.hasSuffix(
        "Whether the difference exceeds the margin of 0.10 is open."))
  }

  @Test("The number of participants asked for is that of the fixed rule, less those who are there")
  func further() throws {
    let deviation = try #require(StudentInterval([-0.4, 0, 0.2, 0.6])).standardDeviation
    let needed = CoherenceVerdict.decisiveNetworkCount(standardDeviation: deviation, margin: 0.1)
    #expect(verdict(0.05, -0.05...0.15, -0.02...0.12).furtherParticipantCount == needed - 30)
    #expect(verdict(0.2, 0.1...0.3, 0.12...0.28).furtherParticipantCount == nil)
  }
}
