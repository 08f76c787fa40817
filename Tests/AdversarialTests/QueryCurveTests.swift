import Networks
import Tensors
import Testing

@testable import Adversarial

@Suite struct QueryCurveTests {
  /// `improvements` as (query, distance); none: a failure.
  private func record(_ improvements: [(Int, Double)], queries: Int, isSkipped: Bool = false) -> AttackedImage
  {
    var trace = QueryTrace()
    for query in 1...queries {
      trace.count(differs: false)
      for (number, distance) in improvements where number == query { trace.improve(to: distance) }
    }
    let prediction = Prediction(logits: [1, 0])
    return AttackedImage(
      imageID: 0, label: 0, target: nil,
      verdict: isSkipped ? .alreadyWrong : improvements.isEmpty ? .failed : .succeeded, before: prediction,
      attempt: prediction, after: prediction, distortion: Distortion(from: [0], to: [0]),
      attemptDistortion: nil, survives8Bit: nil,
      wasProjected: false, hadZeroGradient: false, queries: isSkipped ? nil : trace)
  }

  @Test("Shares and medians are those of the images attacked, failures infinitely far")
  func points() {
    let images = [
      record([(2, 4), (10, 1)], queries: 20), record([(5, 3)], queries: 20), record([], queries: 20),
      record([], queries: 1, isSkipped: true),
    ]
    let curve = QueryCurve(of: images, at: [1, 2, 4, 5, 9, 10, 20])
    #expect(curve.points.map(\.success.count) == [0, 1, 1, 2, 2, 2, 2])
    #expect(curve.points.allSatisfy { $0.success.total == 3 })
    #expect(curve.points.map(\.medianDistance) == [nil, nil, nil, 4, 4, 3, 3])
  }

  @Test("By itself a curve runs from one query to the last, each number once")
  func counts() {
    for last in [1, 2, 30, 5000] {
      let counts = QueryCurve(of: [record([], queries: last)]).points.map(\.queries)
      #expect(counts.first == 1 && counts.last == last && Set(counts).count == counts.count)
      #expect(counts == counts.sorted() && counts.count < 70)
    }
    #expect(QueryCurve(of: []).points.isEmpty)
  }
}
