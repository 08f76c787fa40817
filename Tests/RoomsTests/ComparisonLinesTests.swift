import Directions
import Figures
import Testing

@testable import CompareRoom
@testable import Lab

@Suite struct ComparisonLinesTests {
  private func opinion(_ measure: SecondOpinion.Measure?, _ effect: Double, p: Double?) -> Comparison.Opinion
  {
    let zero = NetworkMean([0, 0])
    return Comparison.Opinion(
      measure: measure, neurons: zero, rotations: zero, effect: NetworkMean([effect, effect]), p: p,
      adjustedP: p)
  }

  private func agreement(_ kappa: (Double, Double?), _ coherence: (Double, Double?)) -> String {
    Comparison.agreement(
      of: [opinion(nil, kappa.0, p: kappa.1), opinion(.coherence, coherence.0, p: coherence.1)], level: 0.05)
  }

  @Test(
    "Measures that contradict each other are told, and a p above the level never says that nothing differs")
  func agreement() {
    #expect(agreement((0.1, 0.01), (0.1, 0.02)) == "all measures put neurons above rotations")
    #expect(agreement((-0.1, 0.01), (-0.1, 0.05)) == "all measures put neurons below rotations")
    #expect(
      agreement((0.1, 0.01), (-0.1, 0.01))
        == "the measures DISAGREE: neurons are above rotations in “label agreement κ”, below in "
        + "“likeness to the reference”")
    #expect(
      agreement((0.1, 0.2), (0.1, 0.01))
        == "neurons are above rotations in “likeness to the reference”; the other measures do not tell them apart"
    )
    #expect(
      agreement((0.1, 0.2), (-0.1, 0.06))
        == "no measure of the family tells neurons from rotations after the adjustment")
    #expect(agreement((0.1, nil), (0.1, nil)) == "one network cannot say whether the measures agree")
  }

  @Test("Numbers have three digits and a sign that rounding does not invent")
  func numbers() {
    #expect(
      Numbers.threeDecimals(-0.0004) == " 0.000" && Numbers.threeDecimals(0.0496, signed: true) == "+0.050")
    #expect(Numbers.threeDecimals(-0.25) == "−0.250")
    #expect(Numbers.p(0.0001) == "< 0.001" && Numbers.p(0.999) == "> 0.99")
    #expect(Numbers.p(0.0304) == "0.030" && Numbers.p(0.304) == "0.30")
  }
}
