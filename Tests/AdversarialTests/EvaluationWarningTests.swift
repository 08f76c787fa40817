import Foundation
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct EvaluationWarningTests {
  private func summary(_ successes: Int, of total: Int = 20, zeroGradients: Int = 0) -> EvaluationSummary {
    EvaluationSummary(
      of: (0..<total).map { .made($0, moved: $0 < successes ? 0.5 : nil, zeroGradient: $0 < zeroGradients) })
  }

  @Test(
    "A black box that fools more than a white box is a sign of masked gradients, one that fools as many is not"
  )
  func blackBox() throws {
    let warning = EvaluationWarning.blackBox(("square", summary(8)), beside: ("pgd", summary(5)))
    #expect(
      try #require(warning).sentence == """
        square, which knows no gradient of this network, fools 8 of 20, and pgd, which does, only 5 of 20: the \
        gradient is masked, or the attack that follows it weak, and robust accuracy is overstated.
        """)
    #expect(EvaluationWarning.blackBox(("square", summary(5)), beside: ("pgd", summary(5))) == nil)
  }

  @Test("Answers that never changed are told, if of more than a tenth of the images")
  func sameAnswers() {
    func image(_ number: Int, same: Bool) -> AttackedImage {
      var trace = QueryTrace()
      for query in 0..<4 { trace.count(differs: !same && query == 2) }
      return .made(number, moved: nil, zeroGradient: false, queries: trace)
    }
    func summary(_ same: Int) -> EvaluationSummary {
      EvaluationSummary(of: (0..<20).map { image($0, same: $0 < same) })
    }
    #expect(summary(3).sameAnswerCount == 3 && self.summary(3).sameAnswerCount == nil)
    #expect(EvaluationWarning.alone(summary(2)).isEmpty)
    #expect(
      EvaluationWarning.alone(summary(3)).map(\.sentence) == [
        "of 3 of 20 attacked images every query had the same answer: nothing told the attack where to go, which is no robustness."
      ])
  }

  @Test("More steps and larger budgets that fool fewer are told, whatever the order they come in")
  func monotone() {
    let steps = EvaluationWarning.steps([(40, summary(7)), (1, summary(9)), (100, summary(8))])
    #expect(
      steps == [
        .moreStepsWorse(
          fewer: 1, more: 40, fewerSuccess: Proportion(9, of: 20), moreSuccess: Proportion(7, of: 20))
      ])
    #expect(EvaluationWarning.budgets([(0.1, summary(3)), (0.2, summary(3))]).isEmpty)
    #expect(EvaluationWarning.budgets([(0.2, summary(2)), (0.1, summary(3))]).count == 1)
  }

  @Test("Noise that fools as many is told, unless it fools none")
  func noise() {
    #expect(EvaluationWarning.noise(summary(6), beside: ("fgsm", summary(6))) != nil)
    #expect(EvaluationWarning.noise(summary(5), beside: ("fgsm", summary(6))) == nil)
    #expect(EvaluationWarning.noise(summary(0), beside: ("fgsm", summary(0))) == nil)
  }

  @Test("Zero gradients are told above a tenth of the images attacked")
  func zeroGradients() {
    #expect(EvaluationWarning.alone(summary(5, zeroGradients: 2)).isEmpty)
    #expect(
      EvaluationWarning.alone(summary(5, zeroGradients: 3)) == [.zeroGradients(Proportion(3, of: 20))])
    #expect(EvaluationWarning.alone(summary(0, of: 0)).isEmpty)
  }

  @Test("Outputs that add up to one are told, logits are not")
  func outputs() {
    #expect(
      EvaluationWarning.outputs(Tensor(shape: [1, 2], elements: [0.25, 0.75])) == .probabilitiesForLogits)
    #expect(EvaluationWarning.outputs(Tensor(shape: [1, 2], elements: [-1, 2])) == nil)
  }

  @Test("Every warning is one sentence and survives a journey through JSON")
  func sentences() throws {
    let share = Proportion(1, of: 2)
    let warnings: [EvaluationWarning] = [
      .blackBoxBeatsWhiteBox(blackBox: "a", whiteBox: "b", blackBoxSuccess: share, whiteBoxSuccess: share),
      .moreStepsWorse(fewer: 1, more: 2, fewerSuccess: share, moreSuccess: share),
      .largerBudgetWorse(smaller: 0.1, larger: 0.25, smallerSuccess: share, largerSuccess: share),
      .noiseAsGood(attack: "a", attackSuccess: share, noiseSuccess: share), .zeroGradients(share),
      .probabilitiesForLogits,
    ]
    for warning in warnings {
      #expect(warning.sentence.hasSuffix(".") && !warning.sentence.dropLast().contains(". "))
      let read = try JSONDecoder().decode(EvaluationWarning.self, from: JSONEncoder().encode(warning))
      #expect(read == warning)
    }
  }
}
