import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct QueriedClassifierTests {
  private static let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 1, height: 2, width: 2), classCount: 3, seed: 1)

  @Test("Queries are counted on the account of their image")
  func counts() throws {
    let queried = QueriedClassifier(Self.classifier, imageCount: 3, queryLimit: 5)
    let points = Tensor(shape: [4, 1, 2, 2], elements: (0..<16).map { Float($0) / 16 })
    let scores: [ScoreAnswer] = try queried.answers(to: points, onAccountOf: [0, 2, 0, 2])
    #expect(scores.flatMap(\.scores) == (try Self.classifier.logits(of: points)).elements)
    #expect((0..<3).map { queried.remaining(forRow: $0) } == [3, 5, 3])
  }

  @Test("The answer of a label is the first of the largest scores")
  func labels() {
    for (logits, label) in [([1, 3, 2], 1), ([2, 2, 1], 0), ([-5, -4, -4], 1)] as [([Float], Int)] {
      #expect(LabelAnswer(logits: logits.span).label == label)
      #expect(ScoreAnswer(logits: logits.span).label == label)
    }
  }

  @Test("Who asks more than the budget is stopped")
  func overdrawn() async {
    await #expect(processExitsWith: .failure) {
      let queried = QueriedClassifier(Self.classifier, imageCount: 2, queryLimit: 1)
      let _: [LabelAnswer] = try queried.answers(to: Tensor(shape: [2, 1, 2, 2]), onAccountOf: [1, 1])
    }
  }
}
